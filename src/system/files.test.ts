import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readIfExists, removeInterrupted, writeAtomic } from './files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anklume-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('writes the whole file with its mode, making folders, and leaves no other file', async () => {
  const path = join(folder, 'a/b');
  await writeAtomic(path, 'one', 0o600);
  await writeAtomic(path, 'two', 0o600);
  expect(await readFile(path, 'utf8')).toBe('two');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(folder, 'a'))).toEqual(['b']);
});

it('keeps the old file, and nothing besides it, when writing fails', async () => {
  const path = join(folder, 'sub');
  await writeAtomic(join(path, 'file'), 'x');
  // A folder cannot be replaced by a file.
  await expect(writeAtomic(path, 'y')).rejects.toThrow();
  expect(await readdir(folder)).toEqual(['sub']);
});

it('gives undefined for a missing file and throws for one that cannot be read', async () => {
  expect(await readIfExists(join(folder, 'none'))).toBeUndefined();
  await expect(readIfExists(folder)).rejects.toThrow();
});

it('what a killed write left goes after a minute; one that may be under way and files of others stay', async () => {
  const names = ['.all.yml.0123456789ab.anklume-part', '.hidden', 'all.yml', 'b.anklume-part'];
  for (const name of names) await writeFile(join(folder, name), 'x');
  await removeInterrupted(folder);
  expect(await readdir(folder)).toHaveLength(4);
  await removeInterrupted(folder, Date.now() + 61_000);
  expect((await readdir(folder)).sort()).toEqual(names.slice(1));
  await removeInterrupted(join(folder, 'none'));
});
