import { expect, it } from 'vitest';
import { rolesNotFound } from './errors.ts';
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

it('a role that the system before had is told for what it is', () => {
  const both = rolesNotFound(['nowhere', 'ollama_server']);
  expect(both.en).toContain('No role nowhere, ollama_server in roles_custom/');
  expect(both.en).toContain("'ollama_server' is a role of the Ansible-based anklume");
  expect(both.fr).toContain('roles_custom/ollama_server');
  expect(rolesNotFound(['nowhere']).en).not.toContain('Ansible-based');
});
