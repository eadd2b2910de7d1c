import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { raiseKernelLimits } from './kernel-limits.ts';

it('raises low limits, leaves high ones and passes over absent ones', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'anklume-limits-'));
  try {
    await mkdir(join(folder, 'fs/inotify'), { recursive: true });
    await writeFile(join(folder, 'fs/inotify/max_user_instances'), '128\n');
    await writeFile(join(folder, 'fs/inotify/max_queued_events'), '99999\n');
    await raiseKernelLimits(folder);
    const after = (name: string) => readFile(join(folder, 'fs/inotify', name), 'utf8');
    expect(await after('max_user_instances')).toBe('1024\n');
    expect(await after('max_queued_events')).toBe('99999\n');
    await expect(readFile(join(folder, 'kernel/keys/maxkeys'))).rejects.toThrow('ENOENT');
  } finally {
    await rm(folder, { recursive: true });
  }
});
