import type { Writable } from 'node:stream';
import pLimit from 'p-limit';
import { type Incus, type ShellOptions, written } from '../incus/index.ts';
import { AnklumeError, type Text } from '../messages/index.ts';
import type { Place } from './find.ts';
import { lineCutter } from './lines.ts';

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

/** Runs a command in a machine with these streams. Gives its exit status. */
export async function runIn(
  incus: Incus,
  place: Place,
  argv: readonly string[],
  { stdout, stderr, ...options }: RunOptions & Streams,
): Promise<number> {
  const { code } = await incus.instances.exec(place.instance, argv, {
    ...withIds(options),
    project: place.project,
    onStdout: (chunk) => written(stdout, chunk),
    onStderr: (chunk) => written(stderr, chunk),
  });
  return code;
}

/** The same with a terminal. */
export function runInTerminal(
  incus: Incus,
  place: Place,
  argv: readonly string[],
  options: RunOptions & Pick<ShellOptions, 'stdin' | 'stdout'>,
): Promise<number> {
  return incus.instances.shell(place.instance, argv, {
    ...withIds(options),
    project: place.project,
  });
}

/** How a command ended in one of several machines. */
export interface RunOutcome {
  readonly place: Place;
  /** Absent where it could not be run. */
  readonly code?: number;
  readonly message?: Text;
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
      const { code } = await incus.instances.exec(place.instance, argv, {
        ...withIds(options),
        project: place.project,
        onStdout: out.add,
        onStderr: err.add,
      });
      return { place, code };
    } catch (error) {
      if (!(error instanceof AnklumeError)) throw error;
      return { place, message: error.text };
    } finally {
      out.end();
      err.end();
    }
  };
  return Promise.all(places.map((place) => atOnce(() => one(place))));
}

/** The shell of root, or the plainest one where there is no other. It reads the profile, as after a login. */
export const LOGIN_SHELL = ['sh', '-c', 'exec "$(command -v bash || command -v sh)" -l'];

function withIds<T extends RunOptions>({ user, ...options }: T) {
  return { ...options, ...(user !== undefined && { user, group: user }) };
}
