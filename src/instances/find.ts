import { scopeOf } from '../engine/index.ts';
import { AnklumeError, ExitCode } from '../messages/index.ts';
import { type Desired, selectMachines } from '../tree/index.ts';

/** A declared machine, and where it is found in Incus. */
export interface Place {
  readonly domain: string;
  readonly trust?: string;
  /** Name in infra.yml. */
  readonly machine: string;
  /** Name in Incus. */
  readonly instance: string;
  readonly project: string;
  /** Declared as not ephemeral. */
  readonly protected: boolean;
}

/**
 * The machines that words name, each once, in the order of the words. A word may be several with commas between them,
 * or `all`. Throws `unknown-limit` (exit 2).
 */
export function placesOf(desired: Desired, words: readonly string[]): Place[] {
  const found = new Map<string, Place>();
  const names = words.flatMap((word) => word.split(','));
  for (const name of names)
    for (const place of within(desired, name))
      found.set(`${place.project}/${place.instance}`, place);
  return [...found.values()];
}

/**
 * The one machine that a word means: `NAME` or `PROJECT/NAME`. Throws `not-a-machine` for a domain or several,
 * `unknown-limit` for nothing known (exit 2).
 */
export function placeOf(desired: Desired, word: string): Place {
  const selected = selectMachines(desired.domains, word);
  const places = within(desired, word);
  const [one, ...others] = places;
  if (one && others.length === 0 && selected.every(({ whole }) => !whole)) return one;
  const only = selected.length === 1 ? selected[0]?.domain.name : undefined;
  const names = places.map(({ machine }) => machine).join(', ');
  throw new AnklumeError({
    code: 'not-a-machine',
    exit: ExitCode.usage,
    message:
      only === word
        ? {
            en: `'${word}' is a domain, and one machine is wanted here.`,
            fr: `« ${word} » est un domaine, et il faut ici une seule machine.`,
          }
        : {
            en: `'${word}' means several machines, and one is wanted here.`,
            fr: `« ${word} » désigne plusieurs machines, et il en faut ici une seule.`,
          },
    remedy: {
      en: `Its machines: ${names || 'none'}.${only === word ? ` For all of them: 'anklume domain exec ${word} -- ...'.` : ''}`,
      fr: `Ses machines : ${names || 'aucune'}.${only === word ? ` Pour toutes : « anklume domain exec ${word} -- ... ».` : ''}`,
    },
  });
}

function within(desired: Desired, word: string): Place[] {
  return scopeOf(desired, word).domains.flatMap(({ name, project, trustLevel, machines }) =>
    machines.map((machine) => ({
      domain: name,
      ...(trustLevel !== undefined && { trust: trustLevel }),
      machine: machine.name,
      instance: machine.instance,
      project,
      protected: !machine.ephemeral,
    })),
  );
}
