import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { productRoot } from '../../../base/system/index.ts';
import { instanceName, inventoryOf } from './inventory.ts';
import { chosenScenarios, parseScenario, STEPS } from './scenario.ts';

const TEXT = `---
driver: { name: default }
platforms:
  - name: debian13
    image: images:debian/13
    groups: [testers]
    config: { security.nesting: true }
    internet: false
  - name: other
    image: images:debian/12
provisioner:
  name: ansible
  inventory:
    group_vars:
      all: { web_port: 80 }
      testers: { web_mode: fast }
    host_vars:
      other: { web_port: 81 }
scenario:
  test_sequence: [dependency, create, converge, idempotence, verify, destroy]
`;

describe('molecule.yml', () => {
  const scenario = parseScenario('web', '/roles/web/molecule/default', TEXT);

  it('gives machines, steps and variables; what only Molecule knows is passed over', () => {
    expect(scenario).toMatchObject({ role: 'web', name: 'default' });
    expect(scenario.sequence).toEqual(['create', 'converge', 'idempotence', 'verify', 'destroy']);
    expect(scenario.platforms).toEqual([
      {
        name: 'debian13',
        image: 'images:debian/13',
        config: { 'security.nesting': 'true' },
        groups: ['testers'],
        internet: false,
      },
      { name: 'other', image: 'images:debian/12', config: {}, groups: [], internet: true },
    ]);
  });

  it('becomes an inventory whose hosts are the platforms', () => {
    const { all } = JSON.parse(inventoryOf(scenario));
    expect(all.vars).toEqual({ web_port: 80 });
    expect(all.hosts.debian13).toMatchObject({ ansible_incus_host: 'web-default-debian13' });
    expect(all.hosts.other).toMatchObject({ web_port: 81 });
    expect(all.children).toEqual({
      testers: { hosts: { debian13: {} }, vars: { web_mode: 'fast' } },
    });
  });

  it('names instances as Incus allows', () => {
    const long = { ...scenario, role: `a_${'b'.repeat(80)}` };
    const [platform] = scenario.platforms;
    expect(platform && instanceName(long, platform)).toMatch(/^a-b{61}$/);
  });

  it('without a sequence, every step runs', () => {
    const text = 'platforms: [{name: a, image: images:debian/13}]';
    expect(parseScenario('web', '/x/default', text).sequence).toEqual(STEPS);
  });

  it.each([
    ['', "'platforms' names no machine"],
    ['platforms: [{image: images:debian/13}]', "needs a 'name'"],
    ['platforms: [{name: "a;b", image: x}]', "needs a 'name'"],
    ['platforms: [{name: a}]', "needs an 'image'"],
    ['platforms: {', 'molecule.yml: '],
  ])('refuses %j', (text, words) => {
    expect(() => parseScenario('web', '/x/default', text)).toThrow(words);
  });
});

describe('the tests that a word stands for', () => {
  const folder = join(productRoot(), 'roles');
  const named = async (word: string) =>
    (await chosenScenarios(folder, word)).map(({ name }) => name);

  it('are all of the role, or one of them', async () => {
    expect(await named('base_system')).toEqual(['default', 'offline']);
    expect(await named('base_system/offline')).toEqual(['offline']);
  });

  it.each(['base_system/none', 'base_system/', 'base_system/offline/x', 'base_system/..'])(
    '%s is none',
    async (word) => {
      await expect(named(word)).rejects.toMatchObject({ code: 'role-scenario-unknown', exit: 2 });
    },
  );
});
