import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { AnklumeError, type Emit, ExitCode } from '../base/messages/index.ts';
import { printable, readIfExists, writeAtomic } from '../base/system/index.ts';
import { statusOf } from '../sandbox/index.ts';
import { parentNesting } from './nesting.ts';
import { findProject, type ProjectChoice } from './project.ts';

/** The daemon that a project was last brought up on. */
export type Remembered =
  | { readonly sandbox: string }
  | { readonly socket: string }
  | { readonly remote: string };

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));
const schema = v.union([
  v.strictObject({ sandbox: text }),
  v.strictObject({ socket: text }),
  v.strictObject({ remote: text }),
]);

const FOLDER = '.anklume';
const fileIn = (root: string) => join(root, FOLDER, 'daemon.json');

/**
 * The daemon that the project around a folder is remembered to be on; undefined outside a project, or where it was
 * never brought up on another daemon than the host's own. Throws `daemon-memory-damaged` (exit 2): guessing could
 * reach the wrong daemon.
 */
export async function rememberedDaemon(
  place: Pick<ProjectChoice, 'cwd' | 'infra'>,
): Promise<Remembered | undefined> {
  const memory = await memoryOf(place);
  if (!memory) return undefined;
  const { path, remembered } = memory;
  if (!remembered) throw damaged(path);
  if ('sandbox' in remembered && !(await statusOf(remembered.sandbox)))
    throw sandboxGone(remembered.sandbox);
  return remembered;
}

/** Whether commands in the project around a folder find this daemon without being told. */
export async function isRemembered(
  place: Pick<ProjectChoice, 'cwd' | 'infra'>,
  daemon: Remembered,
): Promise<boolean> {
  return isDeepStrictEqual((await memoryOf(place))?.remembered, daemon);
}

/** The file that remembers, and what it says; undefined where there is none. */
async function memoryOf(
  place: Pick<ProjectChoice, 'cwd' | 'infra'>,
): Promise<{ readonly path: string; readonly remembered?: Remembered | undefined } | undefined> {
  const found = await findProject(place).catch((error: unknown) => {
    if (error instanceof AnklumeError) return undefined;
    throw error;
  });
  if (!found) return undefined;
  const path = fileIn(found.root);
  const untrusted = await readIfExists(path);
  return untrusted && { path, remembered: parsed(untrusted.toString('utf8')) };
}

/** What is remembered of an open daemon. */
interface OnDaemon {
  readonly chosen: 'named' | 'remembered' | 'usual';
  readonly sandbox?: string;
  readonly host?: object;
  readonly reach: Exclude<Remembered, { sandbox: string }>;
}

/** Writes down which daemon a project is on. A folder that cannot be written to costs no more than a warning. */
export async function rememberDaemon(
  root: string,
  { chosen, sandbox, host, reach }: OnDaemon,
  emit: Emit,
): Promise<void> {
  // The host's own needs no memory.
  if (chosen !== 'named') return;
  // In a machine that was given its host's socket, that has a path of its own, and the host has the same folder.
  if (!host && 'socket' in reach && (await parentNesting())) return;
  const path = fileIn(root);
  const wanted = `${JSON.stringify(sandbox === undefined ? reach : { sandbox })}\n`;
  try {
    if ((await readIfExists(path))?.toString('utf8') === wanted) return;
    await writeAtomic(join(root, FOLDER, '.gitignore'), '*\n');
    await writeAtomic(path, wanted);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? '';
    emit({
      type: 'note',
      level: 'warning',
      code: 'daemon-not-remembered',
      text: {
        en: `Which Incus this project is on could not be written to ${printable(path)} (${reason}): name it again next time.`,
        fr: `L'Incus de ce projet n'a pas pu être noté dans ${printable(path)} (${reason}) : indiquez-le à nouveau la prochaine fois.`,
      },
    });
  }
}

function parsed(untrustedText: string): Remembered | undefined {
  try {
    const result = v.safeParse(schema, JSON.parse(untrustedText));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

function damaged(path: string): AnklumeError {
  const shown = printable(path);
  return new AnklumeError({
    code: 'daemon-memory-damaged',
    exit: ExitCode.usage,
    message: {
      en: `${shown} should say which Incus this project is on, and cannot be understood.`,
      fr: `${shown} devrait dire sur quel Incus se trouve ce projet, et reste incompréhensible.`,
    },
    remedy: {
      en: 'Name the daemon with --sandbox, --socket or --remote, or delete that file.',
      fr: 'Indiquez le démon avec --sandbox, --socket ou --remote, ou supprimez ce fichier.',
    },
  });
}

function sandboxGone(name: string): AnklumeError {
  const shown = printable(name);
  return new AnklumeError({
    code: 'remembered-sandbox-gone',
    exit: ExitCode.environment,
    message: {
      en: `This project was last brought up on the sandbox '${shown}', which no longer exists.`,
      fr: `Ce projet a été mis en place sur le bac à sable « ${shown} », qui n'existe plus.`,
    },
    remedy: {
      en: `'anklume up --sandbox=${shown}' makes it anew; --socket or --remote names another daemon.`,
      fr: `« anklume up --sandbox=${shown} » le recrée ; --socket ou --remote désigne un autre démon.`,
    },
  });
}
