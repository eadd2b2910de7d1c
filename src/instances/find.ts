import { scopeOf } from '../engine/index.ts';
import { AnklumeError, ExitCode } from '../messages/index.ts';
import type { Desired } from '../tree/index.ts';

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

/** Stands for every machine. No domain or machine can be called so. */
const ALL = 'all';

/**
 * The machines that words name, each once, in the order of the words. A word may be several with commas between them,
 * or `all`. Throws `unknown-limit` (exit 2).
 */
export function placesOf(desired: Desired, words: readonly string[]): Place[] {
  const found = new Map<string, Place>();
  const names = words.flatMap((word) => word.split(','));
  for (const name of names)
    for (const place of within(desired, name === ALL ? undefined : name))
      found.set(`${place.project}/${place.instance}`, place);
  return [...found.values()];
}

/** The one machine called `name`. Throws `not-a-machine` for a domain, `unknown-limit` for nothing known (exit 2). */
export function placeOf(desired: Desired, name: string): Place {
  const places = within(desired, name);
  const one = places.find(({ machine, instance }) => machine === name || instance === name);
  if (one) return one;
  throw new AnklumeError({
    code: 'not-a-machine',
    exit: ExitCode.usage,
    message: {
      en: `'${name}' is a domain, and one machine is wanted here.`,
      fr: `« ${name} » est un domaine, et il faut ici une seule machine.`,
    },
    remedy: {
      en: `Its machines: ${places.map(({ machine }) => machine).join(', ') || 'none'}. For all of them: 'anklume domain exec ${name} -- ...'.`,
      fr: `Ses machines : ${places.map(({ machine }) => machine).join(', ') || 'aucune'}. Pour toutes : « anklume domain exec ${name} -- ... ».`,
    },
  });
}

function within(desired: Desired, word: string | undefined): Place[] {
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
