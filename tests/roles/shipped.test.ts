import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RoleTest, roleTests } from './harness.ts';

/** All of dev_test_runner installs five hundred packages and clones this repository: it belongs to the long form. */
const RUNNER = process.env.ANKLUME_FAULTS === 'long' ? 'dev_test_runner' : 'dev_test_runner/short';
const ROLES = ['admin_bootstrap', 'base_system', 'firewall_router', 'machine_ready', RUNNER];

let home: string;
let results: readonly RoleTest[];
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'anklume-role-home-'));
  ({ results } = await roleTests([ROLES.join(',')], home));
});
afterAll(() => rm(home, { recursive: true, force: true }));

it.each(ROLES)('P03-02 P03-03 P03-06 P03-07 P06-01: the role %s passes its tests', (role) => {
  const own = results.filter((result) => result.role === role.split('/')[0]);
  expect(own.length).toBeGreaterThan(0);
  expect(own.flatMap(({ steps }) => steps.filter(({ ok }) => !ok))).toEqual([]);
});
