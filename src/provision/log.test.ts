import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openLog } from './log.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'anklume-log-'));
  vi.stubEnv('ANKLUME_HOME', home);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

it('two runs that begin in one millisecond have a log each', async () => {
  const now = new Date();
  {
    await using one = await openLog(now);
    await using two = await openLog(now);
    one.write('one');
    two.write('two');
  }
  expect(await readdir(join(home, 'logs'))).toHaveLength(2);
});
