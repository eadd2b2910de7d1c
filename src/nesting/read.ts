import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem, Text } from '../base/messages/index.ts';
import { printable } from '../base/system/index.ts';
import type { NestingContext } from '../world/infra/index.ts';
import { HIGHEST_LEVEL } from './context.ts';
import { detectVm } from './detect.ts';
import { CONTEXT_FOLDER } from './marks.ts';

/** What is known of this host, and an error for each file that cannot be understood. */
export interface NestingReading {
  readonly context: NestingContext;
  /** How `vmNested` is known. */
  readonly why: Text;
  readonly problems: readonly Problem[];
}

/** In an admin container: the context of the host whose daemon it works with. */
const PARENT_FOLDER = join(CONTEXT_FOLDER, 'host');

/** More than any value has; whoever writes these files may write without end. */
const LONGEST = 64;

/** What an admin container was left by its host; undefined where there is no such word. */
export async function parentReading(): Promise<NestingReading | undefined> {
  return (await isFolder(PARENT_FOLDER)) ? readNesting(PARENT_FOLDER) : undefined;
}

/**
 * The nesting context of the host whose machines this program makes: one file a value, written by its parent.
 * An absent or empty file means the default; a wrong one is an error, since names and refusals hang on it.
 */
export async function readNesting(folder?: string, detect = detectVm): Promise<NestingReading> {
  const place = folder ?? ((await isFolder(PARENT_FOLDER)) ? PARENT_FOLDER : CONTEXT_FOLDER);
  const problems: Problem[] = [];
  async function value<T>(name: string, parse: (word: string) => T | undefined, wanted: Text) {
    const path = join(place, name);
    const found = await firstBytes(path);
    if (found === undefined || found.untrustedText?.trim() === '') return undefined;
    const parsed = found.untrustedText && parse(found.untrustedText.trim());
    if (parsed === undefined || parsed === '') problems.push(unusable(path, found, wanted));
    else return parsed;
    return undefined;
  }
  const [absoluteLevel, relativeLevel, stated, yolo] = [
    await value('absolute_level', parseLevel, aNumber),
    await value('relative_level', parseLevel, aNumber),
    await value('vm_nested', parseFlag, aFlag),
    await value('yolo', parseFlag, aFlag),
  ];
  const detection = stated === undefined ? await detect() : undefined;
  const context = {
    ...(absoluteLevel !== undefined && { absoluteLevel }),
    relativeLevel: relativeLevel ?? 0,
    vmNested: stated ?? detection?.isVm ?? false,
    yolo: yolo ?? false,
  };
  return { context, why: detection?.why ?? statedIn(join(place, 'vm_nested')), problems };
}

interface Found {
  /** Absent when it cannot be read, or is not a plain file. */
  readonly untrustedText?: string;
}

/** The beginning of a file; undefined when there is none. Neither a pipe nor a link without end can hold us. */
async function firstBytes(path: string): Promise<Found | undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!(await handle.stat()).isFile()) return {};
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(LONGEST), 0, LONGEST, 0);
    return { untrustedText: buffer.toString('utf8', 0, bytesRead) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : {};
  } finally {
    await handle?.close();
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

function parseLevel(word: string): number | undefined {
  return /^\d{1,3}$/.test(word) && Number(word) <= HIGHEST_LEVEL ? Number(word) : undefined;
}

function parseFlag(word: string): boolean | undefined {
  if (/^(true|yes|on|1)$/i.test(word)) return true;
  if (/^(false|no|off|0)$/i.test(word)) return false;
  return undefined;
}

function unusable(path: string, { untrustedText }: Found, wanted: Text): Problem {
  const source = untrustedText && printable(untrustedText.split('\n')[0] ?? '');
  return {
    code: 'nesting-context',
    severity: 'error',
    path: [],
    ...(source !== undefined && { place: { file: path, line: 1, column: 1, source } }),
    message: {
      en: `${path} says where this host stands, and its content is not usable.`,
      fr: `${path} dit où se situe cet hôte, et son contenu n'est pas utilisable.`,
    },
    remedy: {
      en: `Write ${wanted.en} into it, or remove the file.`,
      fr: `Écrivez-y ${wanted.fr}, ou supprimez le fichier.`,
    },
  };
}

const aNumber: Text = { en: 'a number from 0 to 999', fr: 'un nombre de 0 à 999' };
const aFlag: Text = { en: "'true' or 'false'", fr: '« true » ou « false »' };

function statedIn(path: string): Text {
  return { en: `stated in ${path}`, fr: `indiqué dans ${path}` };
}
