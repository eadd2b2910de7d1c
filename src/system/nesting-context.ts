import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem, Text } from '../messages/index.ts';

/** Where this machine stands in a chain of nested hosts. */
export interface NestingContext {
  readonly absoluteLevel: number;
  readonly relativeLevel: number;
  readonly vmNested: boolean;
  readonly yolo: boolean;
}

/** What the files say, and a warning for each that cannot be understood. */
export interface NestingReading {
  readonly context: NestingContext;
  readonly problems: readonly Problem[];
}

/** The context of a machine that nobody nested, so without files. */
const OUTERMOST: NestingContext = {
  absoluteLevel: 1,
  relativeLevel: 0,
  vmNested: false,
  yolo: false,
};

/** Levels have three digits in names. */
const HIGHEST_LEVEL = 999;

/** Reads the nesting context: one file a value in `/etc/anklume`, written by the parent. Absent files mean the defaults. */
export async function readNestingContext(folder = '/etc/anklume'): Promise<NestingReading> {
  const problems: Problem[] = [];
  async function value<T>(
    name: string,
    parse: (word: string) => T | undefined,
    otherwise: T,
  ): Promise<T> {
    const path = join(folder, name);
    const untrustedText = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR')
        problems.push(unusable(path, String(otherwise)));
      return undefined;
    });
    if (untrustedText === undefined) return otherwise;
    const parsed = parse(untrustedText.trim());
    if (parsed === undefined) problems.push(unusable(path, String(otherwise)));
    return parsed ?? otherwise;
  }
  const context = {
    absoluteLevel: await value('absolute_level', parseLevel, OUTERMOST.absoluteLevel),
    relativeLevel: await value('relative_level', parseLevel, OUTERMOST.relativeLevel),
    vmNested: await value('vm_nested', parseFlag, OUTERMOST.vmNested),
    yolo: await value('yolo', parseFlag, OUTERMOST.yolo),
  };
  return { context, problems };
}

function parseLevel(word: string): number | undefined {
  return /^\d{1,3}$/.test(word) && Number(word) <= HIGHEST_LEVEL ? Number(word) : undefined;
}

function parseFlag(word: string): boolean | undefined {
  if (/^(true|yes|on|1)$/i.test(word)) return true;
  if (/^(false|no|off|0)$/i.test(word)) return false;
  return undefined;
}

function unusable(path: string, otherwise: string): Problem {
  const message: Text = {
    en: `${path} does not hold a usable value; ${otherwise} is taken instead.`,
    fr: `${path} ne contient pas de valeur utilisable ; ${otherwise} est pris à la place.`,
  };
  return {
    code: 'nesting-context',
    severity: 'warning',
    path: [],
    message,
    remedy: {
      en: 'Write a number (levels) or true or false (vm_nested, yolo) into it, or remove the file.',
      fr: 'Écrivez-y un nombre (niveaux) ou true ou false (vm_nested, yolo), ou supprimez le fichier.',
    },
  };
}
