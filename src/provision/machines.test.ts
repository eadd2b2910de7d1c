import { expect, it } from 'vitest';
import { withRoles } from './machines.ts';
import { machineNames, worldOf } from './worlds.fixture.ts';

const world = worldOf({
  pro: { 'pro-dev': ['base_system', 'web'], 'pro-db': [] },
  home: { 'home-tv': ['base_system'] },
});

it('P05-04: only machines with roles, in the order of infra.yml, each with its own', () => {
  expect(withRoles(world)).toEqual([
    {
      name: 'pro-dev',
      instance: '001-pro-dev',
      project: '001-pro',
      domain: 'pro',
      roles: ['base_system', 'web'],
    },
    {
      name: 'home-tv',
      instance: '001-home-tv',
      project: '001-home',
      domain: 'home',
      roles: ['base_system'],
    },
  ]);
});

it.each([
  ['pro', ['pro-dev']],
  ['home-tv', ['home-tv']],
  ['001-home-tv', ['home-tv']],
  ['pro-db', []],
  ['001-pro/pro-dev', ['pro-dev']],
  ['home-tv,pro', ['pro-dev', 'home-tv']],
  ['all', ['pro-dev', 'home-tv']],
])('the limit %j leaves %j', (limit, names) => {
  expect(machineNames(withRoles(world, limit))).toEqual(names);
});
