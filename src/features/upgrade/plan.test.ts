import { expect, it } from 'vitest';
import { planUpgrade } from './plan.ts';

it('P16-23: a file that both changed is a conflict, and of the user what only the user changed', () => {
  const plan = planUpgrade(['README.md', 'src/a.ts', 'src/new.ts'], ['src/a.ts', 'src/mine.ts']);
  expect(plan).toEqual({
    updated: ['README.md', 'src/new.ts'],
    conflicts: [{ path: 'src/a.ts', stays: 'new' }],
    kept: ['src/mine.ts'],
  });
});

it('P16-23: the same change made by both is none', () => {
  expect(planUpgrade(['a'], ['a'], ['a'])).toEqual({ updated: ['a'], conflicts: [], kept: [] });
});

it.each([
  'infra.yml',
  'infra/base.yml',
  'host_vars/web.yml',
  'roles_custom/base_system/tasks/main.yml',
])('P16-25: %s stays the user’s', (path) => {
  expect(planUpgrade([path], [path]).conflicts).toEqual([{ path, stays: 'yours' }]);
  expect(planUpgrade([`docs/${path}`], [`docs/${path}`]).conflicts[0]?.stays).toBe('new');
});
