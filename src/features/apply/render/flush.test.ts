import { expect, it } from 'vitest';
import { makePaint } from '../../../kit/render/paint.ts';
import type { Flushed } from '../flush.ts';
import { renderFlush } from './flush.ts';

const text = (words: string) => ({ en: words, fr: words });
const refusal = { action: 'refuse', kind: 'instance', needs: [], code: 'protected' } as const;
const entry = { ...refusal, id: 'instance:p/a', name: 'a', reason: text("'a' is protected.") };
const kept: Flushed = {
  plan: { projectName: 'x', entries: [entry], unchanged: 0, orphans: [], notes: [] },
  report: {
    ...{ done: 2, failed: 2, skipped: 0, unchanged: 0 },
    outcomes: [
      { id: 'instance:p/a', action: 'refuse', result: 'failed', message: entry.reason },
      { id: 'instance:p/b', action: 'delete', result: 'failed', message: text('no answer') },
    ],
  },
  ...{ rules: 'kept', trash: [], seconds: 1 },
};

it('what stays is told once, and counted neither as failed nor as done', () => {
  const voice = { t: ({ en }: { en: string }) => en, paint: makePaint(false), cwd: '/', width: 80 };
  const lines = renderFlush(kept, undefined, voice).split('\n');
  expect(lines.filter((line) => line.includes("'a' is protected"))).toHaveLength(1);
  expect(lines).toContain('✗ instance:p/b: no answer');
  expect(lines.at(-1)).toMatch(/^✗ 2 changes, 0 unchanged, 1 failed, 1 still open/);
});
