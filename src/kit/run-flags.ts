import { toggle, word } from './flags.ts';
import { wholeNumber } from './whole-number.ts';

/** As whom and where a command runs in a machine. */
export const asFlags = {
  user: word('UID', {
    en: 'Numeric user (and group) in the machine; default 0, root',
    fr: 'Utilisateur (et groupe) numérique dans la machine ; 0, root, par défaut',
  }),
  cwd: word('DIR', { en: 'Folder in the machine', fr: 'Dossier dans la machine' }),
} as const;

export const noTerminal = toggle({
  en: 'No terminal for the command, also where this is one',
  fr: "Pas de terminal pour la commande, même si c'en est un ici",
});

/** The same as options. A wrong number is told before anything is opened. */
export function runChoice({
  user: asked,
  cwd,
}: {
  readonly user: string | undefined;
  readonly cwd: string | undefined;
}) {
  const user = wholeNumber('--user', asked);
  return { ...(user !== undefined && { user }), ...(cwd !== undefined && { cwd }) };
}
