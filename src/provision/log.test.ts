import { expect, it } from 'vitest';
import type { AnsibleEvent } from './events.ts';
import { logLines } from './log.ts';

const now = new Date('2026-01-02T03:04:05.678Z');
const result: AnsibleEvent = {
  ...{ event: 'result', host: 'dev', task: 'Install it', role: 'web', status: 'failed' },
  ...{ seconds: 1.26, message: 'no', output: 'first\nsecond' },
};

it('keeps each result with its moment, machine and role, and its output below', () => {
  expect(logLines(result, now)).toEqual([
    '2026-01-02T03:04:05.678Z dev failed web: Install it (1.3 s)',
    '    first',
    '    second',
  ]);
});

it('names a task outside roles alone, and says nothing of beginnings and sums', () => {
  const bare = { ...result, role: '', output: '' };
  expect(logLines(bare, now)).toEqual(['2026-01-02T03:04:05.678Z dev failed Install it (1.3 s)']);
  expect(logLines({ event: 'task', host: 'dev', task: 'a', role: '' })).toEqual([]);
  expect(logLines({ event: 'stats', hosts: {} })).toEqual([]);
});
