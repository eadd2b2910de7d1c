import { describe, expect, it } from 'vitest';
import type { AnsibleEvent } from './events.ts';
import { Tally } from './report.ts';
import { provisionable } from './worlds.fixture.ts';

type Status = Extract<AnsibleEvent, { event: 'result' }>['status'];

const dev = provisionable('dev', 'web');
const none = { ok: 0, changed: 0, failures: 0, unreachable: 0, skipped: 0 };

const result = (status: Status, message: string, host = 'dev'): AnsibleEvent => ({
  ...{ event: 'result', host, task: 'Install it', role: 'web', status, message },
  ...{ seconds: 1, output: '' },
});

function outcome(stats: Partial<typeof none>, ...events: AnsibleEvent[]) {
  const tally = new Tally();
  for (const event of events) tally.add(event);
  tally.add({ event: 'stats', hosts: { dev: { ...none, ...stats } } });
  return tally.outcomeOf(dev);
}

describe('what became of a machine', () => {
  it('counts what Ansible counted', () => {
    expect(outcome({ ok: 5, changed: 2, skipped: 3 })).toEqual({
      ...{ machine: 'dev', domain: 'pro', result: 'done' },
      ...{ ok: 5, changed: 2, failed: 0, skipped: 3 },
    });
  });

  it('tells where and why it failed, in words of a bearable length', () => {
    const long = outcome({ failures: 1 }, result('failed', 'x'.repeat(5000)));
    expect(long).toMatchObject({ result: 'failed', failure: { task: 'Install it', role: 'web' } });
    expect(long.failure?.message.en).toHaveLength(606);
  });

  it('out of reach counts before failed', () => {
    const lost = outcome({ unreachable: 1, failures: 1 }, result('unreachable', 'gone'));
    expect(lost).toMatchObject({ result: 'unreachable', failure: { message: { en: 'gone' } } });
  });

  it('a failure that was rescued or ignored, and one of another machine, is none of its own', () => {
    expect(outcome({ ok: 1 }, result('failed', 'rescued'))).not.toHaveProperty('failure');
    expect(outcome({ failures: 1 }, result('ignored', 'no'))).not.toHaveProperty('failure');
    expect(outcome({ failures: 1 }, result('failed', 'no', 'db'))).not.toHaveProperty('failure');
  });

  it('one that Ansible passed over is not done', () => {
    const tally = new Tally();
    expect(tally.isComplete).toBe(false);
    tally.add({ event: 'stats', hosts: { other: { ...none, ok: 4 } } });
    expect(tally.isComplete).toBe(true);
    const passedOver = tally.outcomeOf(dev);
    expect(passedOver).toMatchObject({ result: 'failed', failed: 1, ok: 0 });
    expect(passedOver.failure?.message.en).toContain('inventory');
  });
});
