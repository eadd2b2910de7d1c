import { chmod, cp, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { productRoot, run } from '../../../src/base/system/index.ts';

/** A change of one file of the source: text that must be there, and what stands in its place. */
export interface Change {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** This program, built from a scratch copy of its source with these changes. Gives the folder, which is the caller's. */
export async function revertedProduct(changes: readonly Change[]): Promise<string> {
  const root = productRoot();
  const scratch = await mkdtemp(join(tmpdir(), 'anklume-reverted-'));
  await chmod(scratch, 0o755);
  for (const name of ['src', 'scripts', 'package.json', 'tsconfig.json'])
    await cp(join(root, name), join(scratch, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(scratch, 'node_modules'));
  for (const { file, from, to } of changes) {
    const text = await readFile(join(scratch, file), 'utf8');
    if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
    await writeFile(join(scratch, file), text.replace(from, to));
  }
  await run([process.execPath, join(scratch, 'scripts/build.mjs')]);
  return scratch;
}
