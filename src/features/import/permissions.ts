import { dangersOf, isOn } from '../../world/infra/index.ts';
import type { DesiredDomain } from '../../world/tree/index.ts';
import type { Devices } from './declared.ts';
import { type Left, shown } from './left.ts';
import type { OwnMachine } from './own-machine.ts';

/** What of its domain a machine's dangers depend on. */
export interface Around {
  readonly profiles: DesiredDomain['profiles'];
  readonly bridge: string;
  readonly internet: boolean;
  /** First two octets of the addresses of all domains. */
  readonly bases: readonly string[];
}

/** The words by which a machine may keep what it has: without them the file would be refused. */
export function wordsFor({ plain }: OwnMachine, devices: Devices, around: Around): string[] {
  const used = plain.profiles.flatMap(
    (name) => around.profiles.find((profile) => profile.name === name) ?? [],
  );
  const layers = [...used, { config: plain.config, devices }].map((layer) => ({
    ...layer,
    path: [],
  }));
  const found = dangersOf(layers, {
    type: plain.type,
    internet: around.internet,
    roles: [],
    nics: { own: around.bridge, bridges: new Set([around.bridge]) },
    walled: around.bases.map((base) => `${base}.`),
  });
  const privileged = layers.map(({ config }) => config['security.privileged']).findLast(Boolean);
  return [
    ...new Set([
      ...found.map(({ word }) => word),
      ...(plain.type === 'lxc' && isOn(privileged) ? ['security.privileged'] : []),
    ]),
  ].sort();
}

/** Told, so that nobody permits by reading past it. */
export function permitted(id: string, words: readonly string[]): Left[] {
  if (words.length === 0) return [];
  const list = words.map(shown).join(', ');
  return [
    {
      code: 'dangerous-setting',
      id,
      text: {
        en: `has dangerous settings, which the file permits: ${list}. Take the words out of 'allow' to have them refused`,
        fr: `a des réglages dangereux, que le fichier permet : ${list}. Retirez ces mots de « allow » pour qu'ils soient refusés`,
      },
    },
  ];
}
