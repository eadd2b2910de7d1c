import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AnklumeError, ExitCode, type Language } from '../../base/messages/index.ts';
import { printable, productRoot, readIfExists, writeAtomic } from '../../base/system/index.ts';

/** The example that `init` copies when none is named. */
const DEFAULT_EXAMPLE = 'default';

const SOURCES: Readonly<Record<Language, string>> = { en: 'infra.yml', fr: 'infra_FR.yml' };

/** Names of the shipped examples, sorted. */
export async function exampleNames(): Promise<string[]> {
  const entries = await readdir(join(productRoot(), 'examples'), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

export interface NewProject {
  readonly file: string;
  /** The example that it was copied from. */
  readonly example: string;
}

/**
 * Makes `folder` a project by putting an example's infra.yml into it, with comments in the reader's language.
 * A folder that already describes an infrastructure is refused and left as it is.
 */
export async function newProject(
  folder: string,
  language: Language,
  untrustedExample: string = DEFAULT_EXAMPLE,
): Promise<NewProject> {
  const names = await exampleNames();
  const example = names.find((name) => name === untrustedExample);
  if (example === undefined) throw unknownExample(untrustedExample, names);
  const file = join(folder, 'infra.yml');
  const taken = (await readIfExists(file)) ? 'infra.yml' : await infraFolder(folder);
  if (taken !== undefined) throw alreadyThere(folder, taken);
  const source = join(productRoot(), 'examples', example, SOURCES[language]);
  await writeAtomic(file, await readFile(source));
  return { file, example };
}

async function infraFolder(folder: string): Promise<string | undefined> {
  const base = await readIfExists(join(folder, 'infra', 'base.yml'));
  return base ? 'infra/' : undefined;
}

function unknownExample(untrustedExample: string, names: readonly string[]): AnklumeError {
  const asked = printable(untrustedExample);
  return new AnklumeError({
    code: 'unknown-example',
    exit: ExitCode.usage,
    message: {
      en: `There is no example '${asked}'.`,
      fr: `Il n'y a pas d'exemple « ${asked} ».`,
    },
    remedy: {
      en: `The examples are: ${names.join(', ')}.`,
      fr: `Les exemples sont : ${names.join(', ')}.`,
    },
  });
}

function alreadyThere(folder: string, name: string): AnklumeError {
  const place = printable(folder);
  return new AnklumeError({
    code: 'project-exists',
    exit: ExitCode.usage,
    message: {
      en: `${place} already has ${name}; it was left as it is.`,
      fr: `${place} contient déjà ${name} ; rien n'a été modifié.`,
    },
    remedy: {
      en: "Name another folder: 'anklume init DIR'.",
      fr: 'Indiquez un autre dossier : « anklume init DOSSIER ».',
    },
  });
}
