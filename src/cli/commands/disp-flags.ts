import type { Home } from '../../disposables/index.ts';
import { AnklumeError } from '../../messages/index.ts';
import { domainNames } from '../completion/names.ts';
import { daemonFlags, type FlagValues, projectFlags, toggle, word } from '../frame/flags.ts';
import type { Session } from '../frame/session.ts';
import { wholeNumber } from '../frame/whole-number.ts';

/** On every command that starts a disposable machine. */
export const dispFlags = {
  image: word('IMAGE', {
    en: "The image (default: the project's, else images:debian/13)",
    fr: "L'image (par défaut : celle du projet, sinon images:debian/13)",
  }),
  domain: word(
    'DOMAIN',
    {
      en: 'Live in this domain, behind its walls; without it there is no network at all',
      fr: "Vivre dans ce domaine, derrière ses murs ; sans cela, il n'y a aucun réseau",
    },
    domainNames,
  ),
  user: word('UID', {
    en: 'Numeric user (and group) in the machine; default 0, root',
    fr: 'Utilisateur (et groupe) numérique dans la machine ; 0, root, par défaut',
  }),
  cwd: word('DIR', { en: 'Folder in the machine', fr: 'Dossier dans la machine' }),
  ...projectFlags,
  ...daemonFlags,
} as const;

export const noTerminal = toggle({
  en: 'No terminal for the command, also where this is one',
  fr: "Pas de terminal pour la commande, même si c'en est un ici",
});

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
  const { ALONE, homeIn } = await import('../../disposables/index.ts');
  if (domain === undefined && image !== undefined) return { home: ALONE, image };
  const { openWorld } = await import('../../up/index.ts');
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

/** As whom and where a command runs in it. */
export function runChoice({ user: asked, cwd }: Pick<DispFlags, 'user' | 'cwd'>) {
  const user = wholeNumber('--user', asked);
  return { ...(user !== undefined && { user }), ...(cwd !== undefined && { cwd }) };
}
