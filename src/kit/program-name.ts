import { join, relative } from 'node:path';
import { findProgram, productRoot } from '../base/system/index.ts';

/** The words with which the reader can start this program again: its name where it is on the PATH, else its path. */
export async function programName(cwd: string): Promise<string> {
  if (await findProgram('anklume')) return 'anklume';
  const path = join(productRoot(), 'anklume');
  const near = relative(cwd, path);
  if (near === 'anklume') return './anklume';
  return near.startsWith('../../..') ? path : near;
}
