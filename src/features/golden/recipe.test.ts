import { describe, expect, it } from 'vitest';
import type { DesiredDomain, DesiredMachine } from '../../world/tree/index.ts';
import type { HostFacts } from './inventory.ts';
import { type Ingredients, namedRoles, recipeOf } from './recipe.ts';
import type { Content } from './role-files.ts';

const machine: DesiredMachine = {
  name: 'a-1',
  instance: 'a-1',
  domain: 'a',
  description: '',
  type: 'lxc',
  ip: '10.1.1.1',
  ephemeral: true,
  image: 'images:debian/13',
  gpu: false,
  profiles: [],
  config: {},
  devices: {},
  volumes: [],
  roles: ['web'],
};
const domain: DesiredDomain = {
  name: 'a',
  description: '',
  ephemeral: true,
  project: 'a',
  network: { name: 'net-a', subnet: '10.1.1.0/24', gateway: '10.1.1.254' },
  internet: true,
  lan: true,
  profiles: [],
  machines: [machine],
};

const content = (text: string, more: Partial<Content> = {}): Content => ({
  digest: text,
  text,
  deciding: new Set(),
  definitions: new Map(),
  ...more,
});

const facts = (variables: HostFacts['variables'], groups: string[] = []): HostFacts => ({
  variables: { instance_name: 'a-1', instance_ip: '10.1.1.1', ...variables },
  groups: ['all', 'a', ...groups],
});

const base: Ingredients = {
  domain,
  machine,
  facts: facts({}),
  playbook: content('roles'),
  roles: new Map([['web', content('{{ web_port }} {{ instance_name }}')]]),
};
/** The other machine of the class. */
const twin = (ingredients: Ingredients): Ingredients => ({
  ...ingredients,
  domain: { ...ingredients.domain, name: 'b', project: 'b' },
  machine: { ...ingredients.machine, name: 'b-1', instance: 'b-1', ip: '10.1.2.1' },
  facts: {
    variables: { ...ingredients.facts.variables, instance_name: 'b-1', instance_ip: '10.1.2.1' },
    groups: ['all', 'b', ...ingredients.facts.groups.filter((one) => !['all', 'a'].includes(one))],
  },
});
const same = (one: Ingredients, other: Ingredients) => {
  expect(recipeOf(one)).toBeDefined();
  expect(recipeOf(one)?.hash).toBe(recipeOf(other)?.hash);
};
const differ = (one: Ingredients, other: Ingredients) =>
  expect(recipeOf(one)?.hash).not.toBe(recipeOf(other)?.hash);
const role = (web: Content): Ingredients => ({ ...base, roles: new Map([['web', web]]) });

describe('two machines have the same recipe', () => {
  it('when only their names and addresses differ', () => same(base, twin(base)));

  it('when a variable differs that no role names', () =>
    same({ ...base, facts: facts({ note: 1 }) }, twin({ ...base, facts: facts({ note: 2 }) })));

  it('when what Incus gives them from outside differs', () =>
    same(
      { ...base, machine: { ...machine, config: { 'limits.memory': '1GiB' } } },
      { ...base, machine: { ...machine, config: { 'limits.memory': '2GiB' } } },
    ));

  it('whatever the order of keys', () =>
    same(
      { ...base, facts: facts({ web_port: { a: 1, b: 2 } }) },
      { ...base, facts: facts({ web_port: { b: 2, a: 1 } }) },
    ));
});

describe('they have not', () => {
  it.each<[string, Ingredients]>([
    ['when a file of a role differs', role(content('{{ web_port }} {{ instance_name }}#'))],
    ['when the order of roles does', { ...base, machine: { ...machine, roles: ['web', 'web'] } }],
    ['when a variable of a role does', { ...base, facts: facts({ web_port: 81 }) }],
    ['when the image does', { ...base, machine: { ...machine, image: 'images:debian/12' } }],
    ['when their trust does', { ...base, domain: { ...domain, trustLevel: 'untrusted' } }],
    ['when a group of the user does', { ...base, facts: facts({}, ['web']) }],
    ['when the playbook does', { ...base, playbook: content('roles, and more') }],
    [
      'when what they may do inside does',
      { ...base, machine: { ...machine, config: { 'security.nesting': 'true' } } },
    ],
  ])('%s', (_, other) => differ(base, other));

  it('when a variable differs that another relevant one names', () => {
    const through = (n: number) => ({ ...base, facts: facts({ web_port: '{{ deep }}', deep: n }) });
    differ(through(1), through(2));
  });

  it('when a role decides by the name of the machine, also through its own defaults', () => {
    const straight = role(content('instance_name', { deciding: new Set(['instance_name']) }));
    differ(straight, twin(straight));
    const round = role(
      content('first', {
        deciding: new Set(['first']),
        definitions: new Map([['first', '"{{ instance_name == \'a-1\' }}"']]),
      }),
    );
    differ(round, twin(round));
    const found = role(content('x', { deciding: new Set(['inventory_hostname']) }));
    differ(found, twin(found));
  });

  it('when any variable differs and roles reach variables by names that stand nowhere', () => {
    const reaching = role(content("{{ lookup('vars', 'no' + 'te') }}"));
    differ({ ...reaching, facts: facts({ note: 1 }) }, { ...reaching, facts: facts({ note: 2 }) });
  });
});

it.each<[string, Ingredients]>([
  ['the machine declines', { ...base, facts: facts({ anklume_cache: false }) }],
  ['a role declines', role(content('', { definitions: new Map([['anklume_cache', 'false']]) }))],
  ['a role does something once for all', role(content('  run_once: true'))],
])('there is none where %s', (_, ingredients) => {
  expect(recipeOf(ingredients)).toBeUndefined();
});

it('finds the roles that a role may call', () => {
  expect(namedRoles(content('include_role: { name: db }'), new Set(['db', 'web']))).toEqual(['db']);
});

describe('copies differ in no file', () => {
  const plays = content('- hosts: all\n  roles');
  const plain = { ...role(content('{{ web_port }}')), playbook: plays };

  it('when nothing names what tells machines apart', () => {
    expect(recipeOf({ ...plain, facts: facts({ web_port: 80 }) })?.uniform).toBe(true);
  });

  it.each<[string, Ingredients]>([
    ['a role names it', { ...base, playbook: plays }],
    [
      'a variable that a role names does',
      { ...plain, facts: facts({ web_port: '{{ subnet_id }}' }) },
    ],
    [
      'a role names what Ansible finds out',
      { ...plain, roles: new Map([['web', content('fqdn')]]) },
    ],
    ['the playbook has another play', { ...plain, playbook: content('- hosts: a\n- hosts: b\n') }],
  ])('not when %s', (_, ingredients) => {
    expect(recipeOf(ingredients)?.uniform).toBe(false);
  });
});
