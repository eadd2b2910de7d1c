import { describe, expect, it } from 'vitest';
import { innerEvent, innerFailure } from './inner-event.ts';
import { innerResult } from './inner-result.ts';

const good = {
  type: 'role-test',
  role: 'base_system',
  scenario: 'default',
  ok: true,
  seconds: 12,
  steps: [{ step: 'create', ok: true, seconds: 1, changed: [] }],
  log: '/root/x.log',
};
const result = (change: object) => innerResult(JSON.stringify({ ...good, ...change }));

describe('what comes out of the runner', () => {
  it('P12-03: a result is read as it is', () => {
    expect(result({})).toMatchObject({ role: 'base_system', ok: true, seconds: 12 });
  });

  it.each([
    ['a path for a name', { role: '../../etc/passwd' }],
    ['no scenario', { scenario: undefined }],
    ['words for ok', { ok: 'yes' }],
    ['another type', { type: 'role' }],
  ])('%s is no result', (_what, change) => {
    expect(result(change)).toBeUndefined();
  });

  it.each(['', 'null', '[]', '{', '"role-test"'])('%j is no result and no event', (line) => {
    expect([innerResult(line), innerEvent(line), innerFailure(line)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('a success without a step, or with a failed one, is none', () => {
    expect(result({ steps: [] })?.ok).toBe(false);
    expect(result({ steps: [{ step: 'verify', ok: false }] })?.ok).toBe(false);
    expect(result({ steps: 'all' })?.ok).toBe(false);
  });

  it('control characters do not reach the terminal', () => {
    const label = { en: '\u001b[2Jcreate', fr: 7 };
    const event = innerEvent(JSON.stringify({ type: 'step.started', id: 'role:x', label }));
    expect(event).toEqual({
      type: 'step.started',
      id: 'runner:role:x',
      label: { en: '\\x1b[2Jcreate', fr: '\\x1b[2Jcreate' },
    });
    const failure = JSON.stringify({ type: 'error', message: { en: 'no\u0007', fr: 'non' } });
    expect(innerFailure(failure)).toEqual({ en: 'no\\x07', fr: 'non' });
  });
});
