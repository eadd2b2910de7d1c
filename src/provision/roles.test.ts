import { expect, it } from 'vitest';
import { missingRoles } from './roles.ts';
import { provisionable } from './worlds.fixture.ts';

it('tells the roles of a machine that are nowhere, in their order', () => {
  const known = new Set(['base_system', 'own']);
  const machine = provisionable('dev', 'nowhere', 'own', 'base_system', 'neither');
  expect(missingRoles(machine, known)).toEqual(['nowhere', 'neither']);
});

it('leaves a role of a collection to Ansible, and nothing that merely has a dot', () => {
  const machine = provisionable('dev', 'community.docker.engine', 'geerlingguy.docker', 'a.b.c.d');
  expect(missingRoles(machine, new Set())).toEqual(['geerlingguy.docker', 'a.b.c.d']);
});
