import { describe, expect, it } from 'vitest';
import type { Plan, PlanEntry } from '../../engine/index.ts';
import type { Desired } from '../../world/tree/index.ts';
import { changesWorld, concerned, doneOf } from './concerned.ts';

const desired = {
  domains: [
    {
      name: 'd',
      project: 'p',
      machines: [
        { name: 'plain', instance: 'i-plain', profiles: ['default'] },
        { name: 'gpu', instance: 'i-gpu', profiles: ['default', 'gpu'] },
      ],
    },
    {
      name: 'e',
      project: 'q',
      machines: [{ name: 'other', instance: 'i-other', profiles: ['default', 'gpu'] }],
    },
  ],
} as unknown as Desired;

function plan(...entries: readonly [id: string, action: string][]): Plan {
  const all = entries.map(([id, action]) => ({ id, action, kind: id.split(':')[0] }));
  const rest = { projectName: 'x', unchanged: 0, orphans: [], notes: [] };
  return { ...rest, entries: all as unknown as PlanEntry[] };
}

const named = (...entries: readonly [id: string, action: string][]) =>
  concerned(plan(...entries), desired).map(({ machine }) => machine);

describe('P24-01: a safety snapshot is made', () => {
  it('of a machine that is changed itself', () => {
    expect(named(['instance:p/i-gpu', 'update'])).toEqual(['gpu']);
  });

  it('of every machine whose profile is changed, in that project alone', () => {
    expect(named(['profile:p/gpu', 'update'])).toEqual(['gpu']);
    expect(named(['profile:p/default', 'update'])).toEqual(['plain', 'gpu']);
    expect(named(['profile:q/gpu', 'update'])).toEqual(['other']);
  });

  it.each(['create', 'recreate', 'refuse'])('not of one that has nothing to lose: %s', (action) => {
    expect(named(['instance:p/i-gpu', action], ['profile:p/gpu', 'update'])).toEqual([]);
  });

  it('not for a profile that is new, nor for a machine that is only started', () => {
    expect(named(['profile:p/gpu', 'create'], ['instance:p/i-plain', 'start'])).toEqual([]);
  });
});

it('a start and an image change nothing that could be gone back to', () => {
  expect(changesWorld(plan(['instance:p/i-gpu', 'start'], ['image:probe', 'create']))).toBe(false);
  expect(changesWorld(plan(['profile:p/gpu', 'update']))).toBe(true);
  expect(changesWorld(plan(['volume:p/default/v', 'delete']))).toBe(true);
});

it('counts what was done: not what failed or was not begun, each object once, as nobody asked for images and starts', () => {
  const all = [
    ['project:p', 'create', 'done'],
    ['network:n', 'create', 'failed'],
    ['profile:p/default', 'update', 'done'],
    ['image:probe', 'create', 'done'],
    ['instance:p/a', 'create', 'skipped'],
    ['instance:p/b', 'start', 'done'],
    ['instance:p/c', 'delete', 'done'],
    // Taken out of the way and made again, as a rollback does.
    ['instance:p/d', 'delete', 'done'],
    ['instance:p/d', 'create', 'done'],
    // Made, and then set right.
    ['instance:p/e', 'create', 'done'],
    ['instance:p/e', 'update', 'done'],
  ] as const;
  const outcomes = all.map(([id, action, result]) => ({ id, action, result }));
  expect(doneOf(outcomes)).toEqual({ created: 2, changed: 2, removed: 1 });
});
