import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { AnsibleEvent } from './events.ts';
import { logLines, openLog } from './log.ts';

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
  const [one, two] = [await openLog(now), await openLog(now)];
  one.write('one');
  two.write('two');
  expect([await one.close(), await two.close()]).toEqual([undefined, undefined]);
  expect(await readdir(join(home, 'logs'))).toHaveLength(2);
});

const then = new Date('2026-01-02T03:04:05.678Z');
const result: AnsibleEvent = {
  ...{ event: 'result', host: 'dev', task: 'Install it', role: 'web', status: 'failed' },
  ...{ seconds: 1.26, message: 'no', output: 'first\nsecond' },
};

it('keeps each result with its moment, machine and role, and its output below', () => {
  expect(logLines(result, then)).toEqual([
    '2026-01-02T03:04:05.678Z dev failed web: Install it (1.3 s)',
    '    first',
    '    second',
  ]);
});

it('names a task outside roles alone, and says nothing of beginnings and sums', () => {
  const bare = { ...result, role: '', output: '' };
  expect(logLines(bare, then)).toEqual(['2026-01-02T03:04:05.678Z dev failed Install it (1.3 s)']);
  expect(logLines({ event: 'task', host: 'dev', task: 'a', role: '' })).toEqual([]);
  expect(logLines({ event: 'stats', hosts: {} })).toEqual([]);
});
