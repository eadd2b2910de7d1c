import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findBackup } from './folders.ts';

it('a backup is found by the bare name that the list shows, after the path as typed', async () => {
  const base = await mkdtemp(join(tmpdir(), 'anklume-backups-'));
  try {
    const [here, folder] = [join(base, 'here'), join(base, 'backups')];
    await mkdir(join(folder, 'home-1'), { recursive: true });
    await mkdir(here);
    await writeFile(join(folder, 'lone.tar.gz'), '');
    const find = (word: string) => findBackup(here, word, folder);
    expect(await find('home-1')).toBe(join(folder, 'home-1'));
    expect(await find('lone.tar.gz')).toBe(join(folder, 'lone.tar.gz'));
    expect(await find('../backups/home-1')).toBe(join(folder, 'home-1'));
    expect(await find('nothing')).toBe(join(here, 'nothing'));
    await mkdir(join(here, 'home-1'));
    expect(await find('home-1')).toBe(join(here, 'home-1'));
  } finally {
    await rm(base, { recursive: true });
  }
});
