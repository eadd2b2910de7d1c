import { AnklumeError } from '../../../base/messages/index.ts';
import { domainNames } from '../../../kit/completion/names.ts';
import { daemonFlags, type FlagValues, projectFlags, word } from '../../../kit/flags.ts';
import { asFlags } from '../../../kit/run-flags.ts';
import type { Session } from '../../../kit/session.ts';
import type { Home } from '../home.ts';

/** On every command that starts a disposable machine. */
export const dispFlags = {
  image: word('IMAGE', {
    en: "The image (default: the project's, else images:debian/13)",
    fr: "L'image (par défaut : celle du projet, sinon images:debian/13)",
  }),
  domain: word(
    'DOMAIN',
    {
      en: 'Live in this domain, under its isolation rules; without it there is no network at all',
      fr: "Vivre dans ce domaine, sous ses règles d'isolation ; sans cela, il n'y a aucun réseau",
    },
    domainNames,
  ),
  ...asFlags,
  ...projectFlags,
  ...daemonFlags,
} as const;

export type DispFlags = FlagValues<typeof dispFlags>;

/** Where the machine is to live and what it is made from. */
export interface Wish {
  readonly home: Home;
  readonly image: string;
}

/** What is asked of a machine that belongs to nothing and nobody: a distribution that everybody has. */
const ANY_IMAGE = 'images:debian/13';

/** The project is read for its domains and its image; without either it may be absent. */
export async function wishOf(
  session: Session,
  { domain, image, infra }: Pick<DispFlags, 'domain' | 'image' | 'infra'>,
): Promise<Wish> {
  const { ALONE, homeIn } = await import('../home.ts');
  if (domain === undefined && image !== undefined) return { home: ALONE, image };
  const { openWorld } = await import('../../../site/index.ts');
  try {
    const { desired } = await openWorld({ cwd: session.cwd, infra });
    const home = domain === undefined ? ALONE : homeIn(desired, domain);
    return { home, image: image ?? desired.defaultImage };
  } catch (error) {
    const isElsewhere = error instanceof AnklumeError && error.code === 'no-infra';
    if (!isElsewhere || domain !== undefined || infra !== undefined) throw error;
    return { home: ALONE, image: ANY_IMAGE };
  }
}
