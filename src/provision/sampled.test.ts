import { expect, it } from 'vitest';
import type { Provisionable } from './machines.ts';
import type { ProvisionReport } from './report.ts';
import { provisionSampled, sampled } from './sampled.ts';

const machine = (name: string): Provisionable => ({
  name,
  instance: name,
  project: 'p',
  domain: 'p',
  roles: ['web'],
});
const machines = ['own', 'a', 'b', 'c', 'd'].map(machine);
const alike = [
  ['a', 'b', 'c'],
  ['gone', 'd'],
];
const names = (list: readonly Provisionable[]) => list.map(({ name }) => name);

it('of copies that are alike, the first that is there gets its roles', () => {
  const { full, others } = sampled(machines, alike);
  expect(names(full)).toEqual(['own', 'a', 'd']);
  expect(names(others)).toEqual(['b', 'c']);
});

/** Runs that change something in the machines named. */
function runs(changes: readonly string[], fails: readonly string[] = []) {
  const seen: string[] = [];
  const run = async (
    some: readonly Provisionable[],
    withoutRoles: boolean,
  ): Promise<ProvisionReport> => {
    seen.push(`${names(some).join(' ')}${withoutRoles ? ' only ready' : ''}`);
    const outcomes = some.map(({ name, domain }) => ({
      machine: name,
      domain,
      result: fails.includes(name) ? ('failed' as const) : ('done' as const),
      ok: 1,
      changed: !withoutRoles && changes.includes(name) ? 1 : 0,
      failed: 0,
      skipped: 0,
    }));
    const failed = outcomes.filter(({ result }) => result !== 'done').length;
    const changed = outcomes.reduce((sum, one) => sum + one.changed, 0);
    return { machines: outcomes, changed, failed, seconds: 1, log: seen.at(-1) ?? '' };
  };
  return { seen, run };
}

it('the others are only made ready when it shows nothing left to do', async () => {
  const { seen, run } = runs(['own']);
  const report = await provisionSampled(machines, alike, run);
  expect(seen).toEqual(['own a d', 'b c only ready']);
  expect(report).toMatchObject({ changed: 1, failed: 0 });
  expect(report.machines).toHaveLength(5);
});

it.each([
  ['something was left to do', ['a', 'b'], []],
  ['it failed', [], ['a']],
])('they get their roles as well when %s', async (_, changes, fails) => {
  const { seen, run } = runs(changes, fails);
  const report = await provisionSampled(machines, alike, run);
  expect(seen).toEqual(['own a d', 'b c only ready', 'b c']);
  expect(report).toMatchObject({ changed: changes.length, failed: fails.length });
  expect(report.machines).toHaveLength(5);
});

it('without copies there is one run', async () => {
  const { seen, run } = runs([]);
  await provisionSampled(machines, [], run);
  expect(seen).toEqual(['own a b c d']);
});
