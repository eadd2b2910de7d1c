import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cloneRoot } from '../../../base/system/index.ts';
import { type Coverage, coverageOf } from './coverage.ts';
import { readMatrix } from './read.ts';
import { type Marks, marksOfFeature, marksOfTest } from './scan.ts';

/** Reads the matrix, scans tests and scenarios, and adds up what they show of it. */
export async function matrixCoverage(root: string = cloneRoot()): Promise<Coverage> {
  const matrix = readMatrix(await readFile(join(root, 'tests', 'behavior_matrix.yml'), 'utf8'));
  const found = await Promise.all([
    ...['src', 'tests', 'scripts'].map((folder) => scan(root, folder, '.test.ts', marksOfTest)),
    scan(root, 'scenarios', '.feature', marksOfFeature),
  ]);
  return coverageOf(matrix, found.flat());
}

async function scan(
  root: string,
  folder: string,
  ending: string,
  marksOf: (file: string, text: string) => Marks,
): Promise<Marks[]> {
  const names = await readdir(join(root, folder), { recursive: true }).catch(() => []);
  const files = names.filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
  return Promise.all(
    files.sort().map(async (file) => marksOf(file, await readFile(join(root, file), 'utf8'))),
  );
}
