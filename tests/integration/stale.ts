import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify } from '../../src/base/system/index.ts';

/** A temporary folder that names this process, so that a later run knows when nobody uses it any more. */
export function ownFolder(prefix: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
}

/** The folders that runs which were killed left behind: those who made them are gone. */
export async function staleFolders(prefix: string): Promise<string[]> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(prefix));
  const stale: string[] = [];
  for (const name of names) {
    const pid = Number(name.slice(prefix.length).split('-')[0]);
    if (Number.isInteger(pid) && !(await identify(pid))) stale.push(join(tmpdir(), name));
  }
  return stale;
}
