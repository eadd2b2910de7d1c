import { describe, expect, it } from 'vitest';
import { CONTEXT, loadText } from '../load-text.test-kit.ts';
import { checkRoles, listedRoles } from './check.ts';
import type { RoleDescription } from './describe.ts';

const clock: RoleDescription = {
  variables: {
    clock_zone: { type: 'str' },
    clock_hours: { type: 'int', choices: [12, 24] },
    clock_peers: { type: 'list', elements: 'str', choices: ['a', 'b'] },
    clock_ports: { type: 'list', elements: 'int' },
    clock_on: { type: 'bool' },
  },
  defaults: ['clock_zone', 'clock_internal'],
};
const described = new Map<string, RoleDescription | undefined>([
  ['clock', clock],
  ['clock_server', { defaults: [] }],
  ['lost', undefined],
]);

const checked = (machine: string) => {
  const { infra, problems } = loadText(
    `project_name: demo
global: {base_subnet: "10.100"}
domains: {homelab: {subnet_id: 3, machines: {box: ${machine}}}}`,
    CONTEXT,
  );
  expect(problems).toEqual([]);
  if (!infra) throw new Error('no world');
  return checkRoles(infra, described);
};
const told = (machine: string) =>
  checked(machine).map(({ code, path }) => `${code} ${path.slice(4).join('.')}`);

describe('variables of roles', () => {
  it.each([
    ['clock_zone: 3'],
    ['clock_hours: 24'],
    ['clock_hours: "12"'],
    ['clock_hours: "{{ hours }}"'],
    ['clock_hours: null'],
    ['clock_peers: [a, b]'],
    ['clock_peers: "a, b"'],
    ['clock_peers: [a, "{{ other }}"]'],
    ['clock_ports: [1, "2"]'],
    ['clock_ports: 7'],
    ['clock_on: "yes"'],
    ['clock_on: false'],
    // The role knows it by its defaults.
    ['clock_internal: 1'],
  ])('%s is as Ansible takes it', (variable) => {
    expect(told(`{roles: [clock], ${variable}}`)).toEqual([]);
  });

  it.each([
    ['clock_hours: noon', "The role 'clock' takes a whole number for clock_hours."],
    ['clock_hours: 1.5', "The role 'clock' takes a whole number for clock_hours."],
    ['clock_hours: [24]', "The role 'clock' takes a whole number for clock_hours."],
    ['clock_hours: 13', "The role 'clock' takes one of 12, 24 for clock_hours."],
    ['clock_peers: {a: b}', "The role 'clock' takes a list for clock_peers."],
    ['clock_peers: [a, c]', "The role 'clock' takes one of a, b for clock_peers."],
    ['clock_ports: [1, two]', "The role 'clock' takes a list of whole numbers for clock_ports."],
    ['clock_on: perhaps', "The role 'clock' takes true or false for clock_on."],
  ])('%s is an error at its place', (variable, message) => {
    const [only, ...others] = checked(`{roles: [clock], ${variable}}`);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ code: 'role-variable-invalid', severity: 'error' });
    expect(only?.message.en).toBe(message);
    expect(only?.path).toEqual(['domains', 'homelab', 'machines', 'box', variable.split(':')[0]]);
  });

  it('a name that the role does not know is a warning with the nearest one', () => {
    const [only] = checked('{roles: [clock], clock_zones: UTC}');
    expect(only).toMatchObject({ code: 'role-variable-unknown', severity: 'warning' });
    expect(only?.message.en).toContain("did you mean 'clock_zone'?");
    expect(checked('{roles: [clock], clock_xyzzy: 1}')[0]?.message.en).toMatch(/'clock_xyzzy'\.$/);
  });

  it('of a role that declares nothing nothing is said, even where its name begins with another', () => {
    expect(told('{roles: [clock_server], clock_server_port: x}')).toEqual([]);
    expect(told('{roles: [clock, clock_server], clock_server_port: x}')).toEqual([]);
  });

  it('a variable that another role of the machine declares is that one', () => {
    expect(told('{roles: [clock_server, clock], clock_hours: noon}')).toEqual([
      'role-variable-invalid clock_hours',
    ]);
  });
});

it('a role that is nowhere is a warning; one of which nobody can tell is not', () => {
  expect(told('{roles: [clock, lost, later]}')).toEqual(['role-not-found roles.1']);
});

it.each([
  ...['ollama_server', 'stt_server', 'open_webui', 'lobechat', 'opencode_server'],
  ...['code_sandbox', 'openclaw_server'],
])('%s, which files on disk list, is told for what it is', (role) => {
  const text = `project_name: demo
domains: {homelab: {machines: {box: {roles: [clock, ${role}], ${role}_port: 1}}}}`;
  const { infra, problems } = loadText(text, CONTEXT);
  expect(problems).toEqual([]);
  const nowhere = new Map([...described, [role, undefined]]);
  const [only, ...more] = infra ? checkRoles(infra, nowhere) : [];
  expect(more).toEqual([]);
  expect(only).toMatchObject({ code: 'role-not-found', severity: 'warning' });
  expect(only?.message.en).toContain(`'${role}' is a role of the Ansible-based anklume`);
  expect(only?.message.en).toMatch(/The machine is made, but not provisioned\.$/);
  expect(only?.remedy?.en).toContain(`roles_custom/${role}`);
  const there = new Map([...described, [role, { defaults: [] }]]);
  expect(infra && checkRoles(infra, there)).toEqual([]);
});

it('strict, doubts are errors', () => {
  const { infra } = loadText(`project_name: demo
domains: {homelab: {machines: {box: {roles: [clock, lost], clock_zones: UTC}}}}`);
  const severities = (strict?: boolean) =>
    infra && checkRoles(infra, described, strict).map(({ severity }) => severity);
  expect(severities()).toEqual(['warning', 'warning']);
  expect(severities(true)).toEqual(['error', 'error']);
});

it('roles are asked for once, and for their variables where a machine has some', () => {
  const { infra } = loadText(`project_name: demo
global: {base_subnet: "10.100"}
domains:
  homelab:
    machines:
      one: {roles: [clock, plain]}
      two: {roles: [clock], clock_on: true}
      three: {roles: [clock]}`);
  expect([...(infra ? listedRoles(infra) : [])]).toEqual([
    ['clock', true],
    ['plain', false],
  ]);
});
