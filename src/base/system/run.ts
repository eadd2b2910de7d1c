import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Options, SubprocessError } from 'nano-spawn';
import { AnklumeError, ExitCode } from '../messages/index.ts';

export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text for standard input; without it, standard input is empty. */
  readonly input?: string;
  /** Milliseconds until the program is ended; no limit when absent. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Exit statuses that are answers rather than failures. Default: 0 alone. */
  readonly accept?: readonly number[];
  /** Told each line of standard output as it comes. */
  readonly onOutputLine?: (untrustedLine: string) => void;
  /** Told each line of standard error as it comes: for progress. */
  readonly onErrorLine?: (untrustedLine: string) => void;
  /** How it is ended at the time limit or by `signal`. Default: SIGTERM. */
  readonly killSignal?: NodeJS.Signals;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** For `accept`: whatever a program ends with is an answer. */
export const ANY_STATUS: readonly number[] = Array.from({ length: 256 }, (_, code) => code);

/**
 * Runs one program to its end: an argument array, never a shell string.
 * Throws `program-missing` (exit 4) when it is not installed and `program-failed` with its last words otherwise.
 */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const [file = '', ...args] = argv;
  const settings: Options = {
    stdin: options.input === undefined ? 'ignore' : { string: options.input },
    ...(options.cwd && { cwd: options.cwd }),
    ...(options.env && { env: options.env }),
    ...(options.signal && { signal: options.signal }),
    ...(options.killSignal && { killSignal: options.killSignal }),
  };
  const { default: spawn, SubprocessError } = await import('nano-spawn');
  let stopTimer = () => {};
  try {
    const started = spawn(file, args, settings);
    await tellLines(started.nodeChildProcess, options);
    stopTimer = await limitTime(started.nodeChildProcess, options);
    const { stdout, stderr } = await started;
    return { code: 0, stdout, stderr };
  } catch (error) {
    if (!(error instanceof SubprocessError)) throw error;
    if (error.exitCode !== undefined && options.accept?.includes(error.exitCode))
      return { code: error.exitCode, stdout: error.stdout, stderr: error.stderr };
    if ((error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
      throw programMissing(file, error);
    throw failed(argv, error);
  } finally {
    stopTimer();
  }
}

/** Node's own time limit goes on counting for a program that could not start, and keeps this process alive. */
async function limitTime(
  starting: Promise<ChildProcess>,
  { timeout, killSignal }: RunOptions,
): Promise<() => void> {
  const child = timeout ? await starting.catch(() => undefined) : undefined;
  if (!child) return () => {};
  const timer = setTimeout(() => child.kill(killSignal), timeout);
  return () => clearTimeout(timer);
}

/** Listens beside the collecting of the output; a program that could not start is reported elsewhere. */
async function tellLines(
  starting: Promise<ChildProcess>,
  { onOutputLine, onErrorLine }: RunOptions,
): Promise<void> {
  if (!onOutputLine && !onErrorLine) return;
  const child = await starting.catch(() => undefined);
  if (child?.stdout && onOutputLine)
    createInterface({ input: child.stdout }).on('line', onOutputLine);
  if (child?.stderr && onErrorLine)
    createInterface({ input: child.stderr }).on('line', onErrorLine);
}

/** The error for a program that is not there. */
export function programMissing(file: string, cause: Error): AnklumeError {
  return new AnklumeError({
    code: 'program-missing',
    exit: ExitCode.environment,
    message: {
      en: `The program '${file}' is not installed.`,
      fr: `Le programme « ${file} » n'est pas installé.`,
    },
    remedy: {
      en: `Install it, or run 'anklume doctor' to see everything this machine lacks.`,
      fr: `Installez-le, ou lancez « anklume doctor » pour voir tout ce qui manque à cette machine.`,
    },
    cause,
  });
}

function failed(argv: readonly string[], error: SubprocessError): AnklumeError {
  const ending = error.exitCode === undefined ? (error.signalName ?? '?') : String(error.exitCode);
  return programFailed(argv, error.stderr.trim() || error.message, ending, error);
}

/** The error for a program that did not end well, with its last words. */
export function programFailed(
  argv: readonly string[],
  untrustedWords: string,
  ending: string,
  cause?: Error,
): AnklumeError {
  const lastWords = printable(untrustedWords.trim()).slice(-2000);
  const command = printable(argv.join(' ')).slice(0, 200);
  return new AnklumeError({
    code: 'program-failed',
    message: {
      en: `'${command}' ended with ${ending}: ${lastWords}`,
      fr: `« ${command} » s'est terminé avec ${ending} : ${lastWords}`,
    },
    ...(cause && { cause }),
  });
}

/** Control characters and those that hide or turn round what is written become visible: output of programs is hostile to terminals. */
export function printable(untrustedText: string): string {
  return untrustedText.replace(UNPRINTABLE, (c) => {
    if (c === '\t') return ' ';
    const code = c.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`;
  });
}

const UNPRINTABLE =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** One line of JSON that a terminal may show: what `printable` makes visible stands as JSON's own escapes. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    UNPRINTABLE,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
