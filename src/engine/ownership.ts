import type { Text } from '../base/messages/index.ts';
import { MARK } from './marks.ts';

/** Whose an object with the wanted name is. */
export type Holder = 'absent' | 'ours' | 'unmarked' | 'another';

/** `take`: manage it from now on, writing our mark on it. */
export type Verdict = 'create' | 'keep' | 'take' | 'refuse';

/** The whole of the ownership rules. Incus's own default project never reaches this table: it is refused before. */
const OWNERSHIP: Readonly<Record<Holder, { plain: Verdict; adopt: Verdict }>> = {
  absent: { plain: 'create', adopt: 'create' },
  ours: { plain: 'keep', adopt: 'keep' },
  unmarked: { plain: 'refuse', adopt: 'take' },
  another: { plain: 'refuse', adopt: 'take' },
};

/** Reads the holder off an object's own configuration. */
export function holderOf(
  live: { readonly config: Readonly<Record<string, string>> } | undefined,
  projectName: string,
): Holder {
  if (!live) return 'absent';
  const owner = live.config[MARK.project];
  if (owner === undefined || owner === '') return 'unmarked';
  return owner === projectName ? 'ours' : 'another';
}

export function verdictOn(holder: Holder, adopt: boolean): Verdict {
  return OWNERSHIP[holder][adopt ? 'adopt' : 'plain'];
}

/** Why an object of somebody else is left alone, and what its owner can do. */
export function notOurs(
  id: string,
  owner: string | undefined,
): { code: string; reason: Text; remedy: Text } {
  return {
    code: 'not-ours',
    reason: owner
      ? {
          en: `${id} exists already and belongs to the infrastructure '${owner}'.`,
          fr: `${id} existe déjà et appartient à l'infrastructure « ${owner} ».`,
        }
      : {
          en: `${id} exists already and was not made by anklume.`,
          fr: `${id} existe déjà et n'a pas été créé par anklume.`,
        },
    remedy: {
      en: `Choose another name, or take it over with --adopt.`,
      fr: `Choisissez un autre nom, ou reprenez-le avec --adopt.`,
    },
  };
}
