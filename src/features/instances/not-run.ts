import { AnklumeError } from '../../base/messages/index.ts';
import { type Incus, isNotFound } from '../../incus/index.ts';
import type { Place } from './find.ts';

/** Exit status of a command that a machine does not have. */
export const NO_COMMAND = 127;

/** States in which something can be run. */
const RUNNING = new Set(['Running', 'Ready']);

/**
 * The error for a command that could not be begun in a machine: that it is not there or does not run, and what helps;
 * any other reason as it was told.
 */
export async function whyNotRun(incus: Incus, place: Place, error: unknown): Promise<unknown> {
  if (!(error instanceof AnklumeError)) return error;
  try {
    const { value } = await incus.instances.get(place.instance, { project: place.project });
    return RUNNING.has(value.status) ? error : stopped(place, value.status, error);
  } catch (reason) {
    return isNotFound(reason) ? absent(place, error) : error;
  }
}

function absent({ machine, domain }: Place, cause: unknown): AnklumeError {
  return new AnklumeError({
    code: 'machine-absent',
    cause,
    message: {
      en: `'${machine}' is declared and does not exist yet.`,
      fr: `« ${machine} » est déclarée et n'existe pas encore.`,
    },
    remedy: {
      en: `'anklume apply --limit ${domain}' makes it.`,
      fr: `« anklume apply --limit ${domain} » la crée.`,
    },
  });
}

function stopped({ machine }: Place, state: string, cause: unknown): AnklumeError {
  const isFrozen = state === 'Frozen';
  return new AnklumeError({
    code: 'machine-stopped',
    cause,
    message: {
      en: `'${machine}' is ${isFrozen ? 'frozen' : 'stopped'}, so nothing can be run in it.`,
      fr: `« ${machine} » est ${isFrozen ? 'gelée' : 'arrêtée'} : rien ne peut y être lancé.`,
    },
    remedy: {
      en: `'anklume instance start ${machine}' ${isFrozen ? 'thaws' : 'starts'} it.`,
      fr: `« anklume instance start ${machine} » la ${isFrozen ? 'dégèle' : 'démarre'}.`,
    },
  });
}

/** Whether a machine lacks a command: some end with that status by themselves. */
export async function isNoCommand(
  incus: Incus,
  { instance, project }: Place,
  [name = '']: readonly string[],
): Promise<boolean> {
  const look = ['sh', '-c', 'command -v "$1" >/dev/null', 'sh', name];
  const { code } = await incus.instances.exec(instance, look, { project });
  return code !== 0;
}

/** For a command that said nothing and ended as one that does not exist. */
export function noCommand({ machine }: Pick<Place, 'machine'>, argv: readonly string[]) {
  const [name = ''] = argv;
  return {
    en: `There is no command '${name}' in '${machine}'.`,
    fr: `Il n'y a pas de commande « ${name} » dans « ${machine} ».`,
  };
}
