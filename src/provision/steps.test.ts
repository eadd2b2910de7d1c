import { describe, expect, it } from 'vitest';
import type { Event } from '../base/messages/index.ts';
import { Steps } from './steps.ts';
import { provisionable } from './worlds.fixture.ts';

function steps() {
  const told: Event[] = [];
  const all = new Steps([provisionable('dev', 'web'), provisionable('db', 'sql')], (event) =>
    told.push(event),
  );
  return { all, told, since: () => told.splice(0) };
}

const counts = { domain: 'pro', ok: 4, changed: 1, failed: 0, skipped: 0 };

describe('what is told of each machine', () => {
  it('all of them begin at once, and a task is told of the machine it runs in', () => {
    const { all, since } = steps();
    expect(since().map(({ type }) => type)).toEqual(['step.started', 'step.started']);
    all.follow({ event: 'task', host: 'db', task: 'Install it', role: 'sql' });
    all.follow({ event: 'task', host: 'unknown', task: 'Install it', role: 'sql' });
    expect(since()).toEqual([
      {
        type: 'step.progress',
        id: 'provision:pro/db',
        text: { en: 'sql: Install it', fr: 'sql: Install it' },
      },
    ]);
  });

  it('each ends as it went', () => {
    const { all, since } = steps();
    since();
    all.ended({ machine: 'dev', result: 'done', ...counts });
    const failure = { task: 'Install it', role: 'sql', message: { en: 'no', fr: 'non' } };
    all.ended({ machine: 'db', result: 'failed', ...counts, failure });
    expect(since()).toEqual([
      expect.objectContaining({ type: 'step.done', id: 'provision:pro/dev' }),
      expect.objectContaining({
        type: 'step.failed',
        id: 'provision:pro/db',
        message: { en: 'sql: Install it: no', fr: 'sql: Install it : non' },
      }),
    ]);
  });

  it('a run without an end leaves none of them begun', () => {
    const { all, since } = steps();
    since();
    all.abandon();
    expect(since().map(({ type }) => type)).toEqual(['step.skipped', 'step.skipped']);
  });
});
