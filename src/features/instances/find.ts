import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { scopeOf } from '../../engine/index.ts';
import {
  type Desired,
  type DesiredDomain,
  type DesiredMachine,
  findMachine,
} from '../../world/tree/index.ts';

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
  // A machine may be called as its domain is.
  const found = findMachine(desired.domains, word);
  if (found) return placeIn(found.domain, found.machine);
  const names = within(desired, word).map(({ machine }) => machine);
  const isDomain = desired.domains.some(({ name }) => name === word);
  const list = names.join(', ');
  throw new AnklumeError({
    code: 'not-a-machine',
    exit: ExitCode.usage,
    message: isDomain
      ? {
          en: `'${word}' is a domain, and one machine is wanted here.`,
          fr: `« ${word} » est un domaine, et il faut ici une seule machine.`,
        }
      : {
          en: `'${word}' means several machines, and one is wanted here.`,
          fr: `« ${word} » désigne plusieurs machines, et il en faut ici une seule.`,
        },
    remedy: {
      en: `Its machines: ${list || 'none'}.${isDomain ? ` For all of them: 'anklume domain exec ${word} -- ...'.` : ''}`,
      fr: `Ses machines : ${list || 'aucune'}.${isDomain ? ` Pour toutes : « anklume domain exec ${word} -- ... ».` : ''}`,
    },
  });
}

function within(desired: Desired, word: string): Place[] {
  return scopeOf(desired, word).domains.flatMap((domain) =>
    domain.machines.map((machine) => placeIn(domain, machine)),
  );
}

function placeIn({ name, project, trustLevel }: DesiredDomain, machine: DesiredMachine): Place {
  return {
    domain: name,
    ...(trustLevel !== undefined && { trust: trustLevel }),
    machine: machine.name,
    instance: machine.instance,
    project,
    protected: !machine.ephemeral,
  };
}
