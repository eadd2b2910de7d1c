import { spawnSync } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  checkWritable,
  makeFolders,
  readIfExists,
  readWhole,
  removeInterrupted,
  stageFile,
  writeAtomic,
} from './files.ts';

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

describe('B07-03: what never ends', () => {
  it('is no folder to make: below /proc nothing can be made, and that is said at once', async () => {
    for (const path of ['/proc/none', '/proc/none/deeper/still'])
      await expect(makeFolders(path)).rejects.toMatchObject({ code: 'ENOENT', syscall: 'mkdir' });
    await writeFile(join(folder, 'file'), '');
    await expect(makeFolders(join(folder, 'file/below'))).rejects.toMatchObject({
      code: 'ENOTDIR',
    });
    expect(await makeFolders(join(folder, 'a/b/c'), 0o700)).toBe(join(folder, 'a'));
    expect(await makeFolders(join(folder, 'a/b/c'))).toBeUndefined();
    expect((await stat(join(folder, 'a'))).mode & 0o777).toBe(0o700);
  });

  it('is no file to read: neither a pipe that nobody ends nor one without a writer, nor one that grows', async () => {
    const pipe = join(folder, 'pipe');
    spawnSync('mkfifo', [pipe]);
    expect(await readWhole(pipe)).toHaveLength(0);
    const held = await open(pipe, constants.O_RDWR);
    await expect(readWhole(pipe)).rejects.toMatchObject({ code: 'EAGAIN', path: pipe });
    await held.close();
    await expect(readWhole('/dev/zero', 100_000)).rejects.toMatchObject({ code: 'EFBIG' });
    const large = join(folder, 'large');
    await writeFile(large, 'é'.repeat(3_000_000));
    expect((await readWhole(large)).equals(await readFile(large))).toBe(true);
    expect((await readIfExists('/proc/self/comm'))?.length).toBeGreaterThan(0);
  });
});

it('B07-03: what cannot be written is known before, and leaves nothing', async () => {
  await checkWritable(join(folder, 'not/there/yet'), 10);
  expect(await readdir(folder)).toEqual([]);
  await expect(checkWritable('/proc/none/file')).rejects.toMatchObject({ path: '/proc/none/file' });
  // A full disk, told with the name of the file.
  await expect(writeAtomic('/dev/full/x', 'x')).rejects.toThrow();
  const staged = await stageFile(join(folder, 'x'), 'new');
  expect((await readdir(folder)).filter((name) => !name.startsWith('.'))).toEqual([]);
  await staged.drop();
  expect(await readdir(folder)).toEqual([]);
});
