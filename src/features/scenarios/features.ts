import { readdir } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { printable, productRoot } from '../../base/system/index.ts';

/** Recommended ways of working, mistakes that are caught, or scenarios of somebody's own. */
export type Category = 'best' | 'bad' | 'own';

/** One .feature file. */
export interface Feature {
  /** Its name on the command line: the file's name without `.feature`. */
  readonly name: string;
  readonly category: Category;
  readonly file: string;
}

const FOLDERS: Readonly<Record<string, Category>> = {
  best_practices: 'best',
  bad_practices: 'bad',
};

/** The shipped scenarios and their steps. */
export function scenarioFolder(): string {
  return join(productRoot(), 'scenarios');
}

/** Every .feature file below a folder, by category and name. */
export async function featuresIn(folder: string): Promise<Feature[]> {
  const entries = await readdir(folder, { recursive: true }).catch((cause) => {
    throw noFolder(folder, cause);
  });
  return entries
    .filter((path) => path.endsWith('.feature'))
    .map((path) => featureOf(folder, path))
    .sort((a, b) => a.file.localeCompare(b.file));
}

function featureOf(folder: string, path: string): Feature {
  const file = resolve(folder, path);
  const category = FOLDERS[relative(folder, file).split('/')[0] ?? ''] ?? 'own';
  return { name: basename(path, '.feature'), category, file };
}

/** The features that a word chooses: `best`, `bad`, a feature's name, or all without one. Throws `no-such-scenario`. */
export function chosenFeatures(
  features: readonly Feature[],
  untrustedWord: string | undefined,
): Feature[] {
  const wanted = untrustedWord?.replaceAll('-', '_');
  const chosen = features.filter(
    ({ name, category }) => wanted === undefined || wanted === category || wanted === name,
  );
  if (chosen.length > 0) return chosen;
  const shown = printable(untrustedWord ?? '').slice(0, 60);
  throw new AnklumeError({
    code: 'no-such-scenario',
    exit: ExitCode.usage,
    message: {
      en: `There are no scenarios called '${shown}'.`,
      fr: `Il n'y a pas de scénarios nommés « ${shown} ».`,
    },
    remedy: {
      en: "'anklume scenario list' shows their names; 'best' and 'bad' stand for all of a kind.",
      fr: "« anklume scenario list » affiche leurs noms ; « best » et « bad » désignent tous ceux d'un genre.",
    },
  });
}

function noFolder(folder: string, cause: unknown): AnklumeError {
  return new AnklumeError({
    code: 'no-scenario-folder',
    exit: ExitCode.usage,
    message: {
      en: `There is no folder ${printable(folder)}.`,
      fr: `Il n'y a pas de dossier ${printable(folder)}.`,
    },
    remedy: { en: 'Check the path.', fr: 'Vérifiez le chemin.' },
    cause,
  });
}
