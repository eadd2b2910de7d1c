import type { Text } from '../base/messages/index.ts';
import { sandboxNames } from './completion/names.ts';
import type { Proposer } from './proposer.ts';

/** One flag of a command: how it reads, and the type that the command receives. */
export type FlagSpec =
  | ToggleFlag
  | WordFlag
  | { readonly kind: 'list'; readonly brief: Text; readonly placeholder: string };

interface ToggleFlag {
  readonly kind: 'toggle';
  readonly brief: Text;
  /** The name that it had before; it is still understood. */
  readonly formerly?: string;
  /** No help tells of it. */
  readonly hidden?: true;
}

interface WordFlag {
  readonly kind: 'word';
  readonly brief: Text;
  readonly placeholder: string;
  readonly propose?: Proposer;
  /** Accepted values; anything else is refused with the list. */
  readonly choices?: readonly string[];
  /** The value that it has when it is given without one; a value then needs `=`. */
  readonly alone?: string;
  /** For our own processes: no help tells of it. */
  readonly hidden?: true;
}

type ValueOf<S extends FlagSpec> = S extends { kind: 'toggle' }
  ? boolean
  : S extends { kind: 'list' }
    ? readonly string[]
    : S extends { choices: readonly (infer Choice)[] }
      ? Choice | undefined
      : string | undefined;

export type FlagSpecs = Readonly<Record<string, FlagSpec>>;
export type FlagValues<S extends FlagSpecs> = { readonly [K in keyof S]: ValueOf<S[K]> };

/** A flag that is there or not; `formerly` is the name that it had before. */
export function toggle(brief: Text, formerly?: string): ToggleFlag {
  return { kind: 'toggle', brief, ...(formerly !== undefined && { formerly }) };
}

/** A flag with one word. */
export function word(placeholder: string, brief: Text, propose?: Proposer): WordFlag {
  return { kind: 'word', brief, placeholder, ...(propose && { propose }) };
}

/** A flag with one of some fixed words. */
export function choice<const C extends string>(
  placeholder: string,
  choices: readonly C[],
  brief: Text,
): WordFlag & { readonly choices: readonly C[] } {
  return { kind: 'word', brief, placeholder, choices };
}

/** A flag with words separated by commas. */
export function list(
  placeholder: string,
  brief: Text,
): { readonly kind: 'list'; readonly brief: Text; readonly placeholder: string } {
  return { kind: 'list', brief, placeholder };
}

/** On every command. */
export const commonFlags = {
  directory: word('DIR', {
    en: 'Work from this folder instead of the current one',
    fr: 'Travailler depuis ce dossier plutôt que le dossier courant',
  }),
  json: toggle({
    en: 'Print results as JSON, one object a line',
    fr: 'Afficher les résultats en JSON, un objet par ligne',
  }),
  quiet: toggle({
    en: 'Say nothing but results, warnings and errors',
    fr: 'Ne rien dire hormis résultats, avertissements et erreurs',
  }),
  verbose: toggle({ en: 'Tell every step', fr: 'Détailler chaque étape' }),
  debug: toggle({
    en: 'Show where in the program an error arose',
    fr: "Montrer où, dans le programme, une erreur s'est produite",
  }),
  noColor: toggle({
    en: 'No colours (NO_COLOR does the same)',
    fr: 'Sans couleurs (NO_COLOR a le même effet)',
  }),
} as const;

/** On commands that read a project. */
export const projectFlags = {
  infra: word('PATH', {
    en: 'The infra.yml file or infra/ folder to use, instead of the nearest one',
    fr: 'Le fichier infra.yml ou le dossier infra/ à utiliser, plutôt que le plus proche',
  }),
} as const;

/** On commands that may delete, stop or install something. */
export const consentFlags = {
  yes: toggle({
    en: 'Answer yes to every question',
    fr: 'Répondre oui à toutes les questions',
  }),
} as const;

/** On commands that talk to a daemon; the sandbox may have to install something first. */
export const daemonFlags = {
  socket: word('PATH', {
    en: 'Socket of the Incus daemon (default: INCUS_SOCKET, INCUS_DIR, the usual places)',
    fr: 'Socket du démon Incus (par défaut : INCUS_SOCKET, INCUS_DIR, les endroits habituels)',
  }),
  remote: word('NAME', {
    en: "One of the incus client's remotes",
    fr: 'Un des serveurs distants du client incus',
  }),
  sandbox: {
    ...word(
      'NAME',
      {
        en: "Use the embedded sandbox instead of the machine's own Incus, and start it when needed",
        fr: "Utiliser le bac à sable intégré plutôt que l'Incus de la machine, démarré au besoin",
      },
      sandboxNames,
    ),
    alone: 'default',
  },
  ...consentFlags,
} as const;

/** Flags whose value is optional, as one types them, and the value that each has alone. */
export const WHEN_ALONE: Readonly<Record<string, string>> = {
  '--sandbox': daemonFlags.sandbox.alone,
};

/** One-letter names, the same everywhere. */
export const ALIASES: Readonly<Record<string, string>> = {
  C: 'directory',
  q: 'quiet',
  v: 'verbose',
  y: 'yes',
};
