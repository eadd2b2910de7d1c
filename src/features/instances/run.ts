import type { Writable } from 'node:stream';
import pLimit from 'p-limit';
import { AnklumeError, type Text } from '../../base/messages/index.ts';
import { type Incus, type ShellOptions, written } from '../../incus/index.ts';
import type { Place } from './find.ts';
import { lineCutter } from './lines.ts';
import { isNoCommand, NO_COMMAND, noCommand, whyNotRun } from './not-run.ts';

export interface RunOptions {
  /** Numeric user and group id; default 0. */
  readonly user?: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

interface Wholeness {
  /** All output arrives for certain, and who stops waiting stops only the shell around the command. Needs a `sh`. */
  readonly whole?: boolean;
}

export interface Streams extends Wholeness {
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** How a command in one machine ended. */
export interface Ran {
  /** Its exit status. */
  readonly code: number;
  /** What it left unsaid: the machine does not have it. */
  readonly message?: Text;
}

/** Runs a command in a machine with these streams. Throws `machine-stopped` and `machine-absent`. */
export async function runIn(
  incus: Incus,
  place: Place,
  argv: readonly string[],
  { stdout, stderr, ...options }: RunOptions & Streams,
): Promise<Ran> {
  return heard(incus, place, argv, async (onOutput) => {
    const { code } = await incus.instances.exec(place.instance, argv, {
      ...withIds(options),
      project: place.project,
      onStdout: (chunk) => written(stdout, chunk),
      onStderr(chunk) {
        onOutput();
        return written(stderr, chunk);
      },
    });
    return code;
  });
}

/** The same with a terminal. */
export function runInTerminal(
  incus: Incus,
  place: Place,
  argv: readonly string[],
  options: RunOptions & Pick<ShellOptions, 'stdin' | 'stdout'>,
): Promise<Ran> {
  return heard(incus, place, argv, (onOutput) =>
    incus.instances.shell(place.instance, argv, {
      ...withIds(options),
      project: place.project,
      onOutput,
    }),
  );
}

/** Runs it, and says why it could not run where neither the daemon nor the command did. */
async function heard(
  incus: Incus,
  place: Place,
  argv: readonly string[],
  run: (onOutput: () => void) => Promise<number>,
): Promise<Ran> {
  let spoke = false;
  const code = await run(() => {
    spoke = true;
  }).catch(async (error) => {
    throw await whyNotRun(incus, place, error);
  });
  const isMissing = code === NO_COMMAND && !spoke && (await isNoCommand(incus, place, argv));
  return isMissing ? { code, message: noCommand(place, argv) } : { code };
}

/** How a command ended in one of several machines. */
export interface RunOutcome {
  readonly place: Place;
  /** Absent where it could not be run. */
  readonly code?: number;
  readonly message?: Text;
  readonly remedy?: Text;
}

/** Runs a command in many machines at once; `onLine` gets their output, a line at a time, as it comes. */
export function runInAll(
  incus: Incus,
  places: readonly Place[],
  argv: readonly string[],
  options: RunOptions & Wholeness,
  onLine: (place: Place, stream: 'stdout' | 'stderr', line: string) => void,
): Promise<RunOutcome[]> {
  const atOnce = pLimit(16);
  const one = async (place: Place): Promise<RunOutcome> => {
    const out = lineCutter((line) => onLine(place, 'stdout', line));
    const err = lineCutter((line) => onLine(place, 'stderr', line));
    try {
      const ran = await heard(incus, place, argv, async (onOutput) => {
        const { code } = await incus.instances.exec(place.instance, argv, {
          ...withIds(options),
          project: place.project,
          onStdout: out.add,
          onStderr(chunk) {
            onOutput();
            return err.add(chunk);
          },
        });
        return code;
      });
      return { place, ...ran };
    } catch (error) {
      return notRun(place, error);
    } finally {
      out.end();
      err.end();
    }
  };
  return Promise.all(places.map((place) => atOnce(() => one(place))));
}

/** How it ended in a machine in which it could not be run. Throws what nobody can explain. */
export function notRun(place: Place, error: unknown): RunOutcome {
  if (!(error instanceof AnklumeError)) throw error;
  const { text, remedy } = error;
  return { place, message: text, ...(remedy && { remedy }) };
}

/** The shell of root, or the plainest one where there is no other. It reads the profile, as after a login. */
export const LOGIN_SHELL = ['sh', '-c', 'exec "$(command -v bash || command -v sh)" -l'];

function withIds<T extends RunOptions>({ user, ...options }: T) {
  return { ...options, ...(user !== undefined && { user, group: user }) };
}
