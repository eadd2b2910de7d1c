import { describe, expect, it } from 'vitest';
import { errorsOf, type Problem } from '../../base/messages/index.ts';
import { readDomain } from './read-domain.ts';
import { readGroups } from './read-inventory.ts';
import { readMachine } from './read-machine.ts';
import { readPolicies } from './read-policies.ts';
import { badName, hostsInTwoDomains, hostWithoutVariables } from './read-problems.ts';
import { readVariableFile } from './variable-file.ts';
import { Variables } from './variables.ts';

const layersOf = (text: string, file = 'x.yml') => readVariableFile(file, Buffer.from(text)).layers;

/** What a reader makes of the lines of a file, and `code variable` of each problem. */
function read<T>(lines: string, reader: (variables: Variables, problems: Problem[]) => T) {
  const problems: Problem[] = [];
  const result = reader(new Variables(layersOf(lines), 'home.yml', problems), problems);
  const told = problems.map(({ code, path, place }) => `${code} ${path} ${place?.line}`);
  return { result, told };
}

describe('the variables of a machine', () => {
  const machine = (lines: string) =>
    read(lines, (variables) => readMachine('web', 'pro', 'images:debian/13', variables));
  const least = 'instance_name: own\ninstance_type: vm\ninstance_ip: 10.0.0.1\n';

  it('say little, and the rest is as usual', () => {
    expect(machine(least).told).toEqual([]);
    expect(machine(least).result).toStrictEqual({
      name: 'web',
      instance: 'own',
      domain: 'pro',
      description: '',
      type: 'vm',
      ip: '10.0.0.1',
      ephemeral: false,
      image: 'images:debian/13',
      gpu: false,
      profiles: ['default'],
      config: {},
      devices: {},
      volumes: [],
      roles: [],
    });
  });

  it.each<[string, object]>([
    ['instance_type: lxc', { type: 'lxc' }],
    ['instance_description: of mine', { description: 'of mine' }],
    ['instance_ip6: fd00:1:2:3::1', { ip6: 'fd00:1:2:3::1' }],
    ['instance_ephemeral: true', { ephemeral: true }],
    ['instance_os_image: images:alpine/3.20', { image: 'images:alpine/3.20' }],
    ['instance_gpu: true', { gpu: true }],
    ['instance_profiles: [gui, gpu]', { profiles: ['gui', 'gpu'] }],
    ['instance_config: {limits.cpu: 2}', { config: { 'limits.cpu': '2' } }],
    ['instance_devices: {d: {type: none}}', { devices: { d: { type: 'none' } } }],
    ['instance_roles: [base_system]', { roles: ['base_system'] }],
    ['instance_boot_autostart: false', { bootAutostart: false }],
    ['instance_boot_priority: 0', { bootPriority: 0 }],
    ['instance_boot_priority: 100', { bootPriority: 100 }],
    ['instance_snapshots_schedule: "@daily"', { snapshotsSchedule: '@daily' }],
    ['instance_snapshots_expiry: 30d', { snapshotsExpiry: '30d' }],
    [
      'instance_storage_volumes: [{name: a, path: /a}, {name: b, pool: p, path: /b, size: 1GiB, config: {x: 1}}]',
      {
        volumes: [
          { name: 'a', path: '/a', config: {} },
          { name: 'b', pool: 'p', path: '/b', size: '1GiB', config: { x: '1' } },
        ],
      },
    ],
  ])('say %s', (line, stated) => {
    expect(machine(`${least}${line}\n`).told).toEqual([]);
    expect(machine(`${least}${line}\n`).result).toStrictEqual({
      ...machine(least).result,
      ...stated,
    });
  });

  it.each([
    'instance_name: a_b',
    'instance_type: jail',
    'instance_ip: word',
    'instance_ip6: word',
    'instance_ephemeral: 1',
    'instance_gpu: 1',
    'instance_profiles: [a/b]',
    'instance_boot_autostart: 1',
    'instance_boot_priority: 101',
    'instance_boot_priority: -1',
    'instance_storage_volumes: [{path: /a}]',
    'instance_storage_volumes: [{name: a/b, path: /a}]',
    'instance_storage_volumes: [{name: a, path: a}]',
    'instance_storage_volumes: [{name: a, path: /a, pool: a/b}]',
  ])('that cannot be are told: %s', (line) => {
    expect(machine(`${least}${line}\n`).told).toEqual([`tree-wrong-value ${line.split(':')[0]} 4`]);
  });

  it('that must be set are told where they belong', () => {
    expect(machine('x: 1').told).toEqual([
      'tree-variable-missing instance_name 1',
      'tree-variable-missing instance_type 1',
      'tree-variable-missing instance_ip 1',
    ]);
    expect(machine('x: 1').result).toMatchObject({ name: 'web', instance: 'web' });
  });
});

describe('the variables of a domain', () => {
  const domain = (lines: string) => read(lines, (variables) => readDomain('pro', variables, []));
  const net = '{name: net-pro, subnet: 10.0.0.0/24, gateway: 10.0.0.254}';
  const least = `incus_project: own\nincus_network: ${net}\n`;

  it('say little, and the rest is as usual', () => {
    expect(domain(least).told).toEqual([]);
    expect(domain(least).result).toStrictEqual({
      name: 'pro',
      description: '',
      ephemeral: false,
      project: 'own',
      network: { name: 'net-pro', subnet: '10.0.0.0/24', gateway: '10.0.0.254' },
      internet: true,
      lan: true,
      profiles: [],
      machines: [],
    });
  });

  it.each<[string, object]>([
    ['domain_description: of mine', { description: 'of mine' }],
    ['domain_ephemeral: true', { ephemeral: true }],
    ['domain_trust_level: untrusted', { trustLevel: 'untrusted' }],
    ['domain_internet: false', { internet: false }],
    ['domain_lan: false', { lan: false }],
    [
      'incus_profiles: {a: , b: {config: {x: 1}}, c: {devices: {d: {type: none}}}}',
      {
        profiles: [
          { name: 'a', config: {}, devices: {} },
          { name: 'b', config: { x: '1' }, devices: {} },
          { name: 'c', config: {}, devices: { d: { type: 'none' } } },
        ],
      },
    ],
    [
      `incus_network: ${net.replace('}', ', subnet6: "fd00:1:2:3::/64", gateway6: "fd00:1:2:3::254"}')}`,
      {
        network: {
          name: 'net-pro',
          subnet: '10.0.0.0/24',
          gateway: '10.0.0.254',
          ipv6: { subnet: 'fd00:1:2:3::/64', gateway: 'fd00:1:2:3::254' },
        },
      },
    ],
  ])('say %s', (line, stated) => {
    expect(domain(`${least}${line}\n`).told).toEqual([]);
    expect(domain(`${least}${line}\n`).result).toStrictEqual({
      ...domain(least).result,
      ...stated,
    });
  });

  it.each([
    'incus_project: a/b',
    'domain_ephemeral: 1',
    'domain_trust_level: high',
    'domain_internet: 1',
    'domain_lan: 1',
    'incus_profiles: {a/b: {}}',
    'incus_profiles: {a: 1}',
    'incus_network: 1',
    'incus_network: {name: a/b, subnet: 10.0.0.0/24, gateway: 10.0.0.254}',
    'incus_network: {name: ab, subnet: 10.0.0.1/24, gateway: 10.0.0.254}',
    'incus_network: {name: ab, subnet: 10.0.0.0/24, gateway: 10.0.0.256}',
    'incus_network: {subnet: 10.0.0.0/24, gateway: 10.0.0.254}',
    'incus_network: {name: ab, gateway: 10.0.0.254}',
    'incus_network: {name: ab, subnet: 10.0.0.0/24}',
    `incus_network: ${net.replace('}', ', subnet6: "fd00:1:2:3::/64"}')}`,
    `incus_network: ${net.replace('}', ', gateway6: "fd00:1:2:3::254"}')}`,
    `incus_network: ${net.replace('}', ', subnet6: word, gateway6: "fd00:1:2:3::254"}')}`,
  ])('that cannot be are told: %s', (line) => {
    expect(domain(`${least}${line}\n`).told).toEqual([`tree-wrong-value ${line.split(':')[0]} 3`]);
  });

  it('that must be set are told where they belong', () => {
    expect(domain('x: 1').told).toEqual([
      'tree-variable-missing incus_project 1',
      'tree-variable-missing incus_network 1',
    ]);
    expect(domain('x: 1').result).toMatchObject({ project: 'pro', network: { name: 'pro' } });
  });
});

describe('policies', () => {
  const policies = (list: string) =>
    read(`x: 1\nnetwork_policies: ${list}\n`, (variables, problems) =>
      readPolicies(variables, new Set(['pro', 'lab']), problems),
    );

  it('open what they say, between domains, machines and the host', () => {
    expect(policies('[{from: pro, to: lab, ports: [1, 65535]}]')).toEqual({
      result: [
        {
          description: '',
          from: 'pro',
          to: 'lab',
          ports: [1, 65535],
          protocol: 'tcp',
          bidirectional: false,
        },
      ],
      told: [],
    });
    const more =
      '[{description: d, from: host, to: pro, ports: all, protocol: udp, bidirectional: true}]';
    expect(policies(more).result).toMatchObject([
      { description: 'd', from: 'host', ports: 'all', protocol: 'udp', bidirectional: true },
    ]);
    expect(policies('[{from: pro, to: lab, ports: all}]').result).toEqual([
      { description: '', from: 'pro', to: 'lab', ports: 'all', bidirectional: false },
    ]);
    const onlyTcp = '[{from: pro, to: lab, ports: all, protocol: tcp}]';
    expect(policies(onlyTcp).result).toMatchObject([{ ports: 'all', protocol: 'tcp' }]);
    expect(read('x: 1', (none) => readPolicies(none, new Set(), [])).result).toEqual([]);
  });

  it('that name a stranger at either end are told, and the others hold', () => {
    const good = '{from: lab, to: host, ports: all}';
    for (const bad of ['{from: gone, to: pro, ports: all}', '{from: pro, to: gone, ports: all}']) {
      const { result, told } = policies(`[${bad}, ${good}]`);
      expect(result).toMatchObject([{ from: 'lab', to: 'host' }]);
      expect(told).toEqual(['tree-unknown-endpoint network_policies 2']);
    }
  });

  it.each([
    '[{to: lab, ports: all}]',
    '[{from: pro, ports: all}]',
    '[{from: pro, to: lab}]',
    '[{from: pro, to: lab, ports: some}]',
    '[{from: pro, to: lab, ports: 80}]',
    '[{from: pro, to: lab, ports: [0]}]',
    '[{from: pro, to: lab, ports: [65536]}]',
    '[{from: pro, to: lab, ports: [20:22]}]',
    '[{from: pro, to: lab, ports: [022]}]',
    '[{from: pro, to: lab, ports: [8_080]}]',
    '[{from: pro, to: lab, ports: [1e3]}]',
    '[{from: pro, to: lab, ports: [0x50]}]',
    '[{from: pro, to: lab, ports: [22.0]}]',
    '[{from: pro, to: lab, ports: all, protocol: icmp}]',
    '[{from: pro, to: lab, ports: all, bidirectional: 1}]',
    '{from: pro, to: lab, ports: all}',
  ])('that cannot be open nothing: %s', (list) => {
    expect(policies(list)).toEqual({
      result: [],
      told: ['tree-wrong-value network_policies 2'],
    });
  });
});

describe('an inventory', () => {
  const groups = (...files: string[]) => {
    const problems: Problem[] = [];
    const layers = files.flatMap((text, n) => layersOf(text, `inventory/${n}.yml`));
    const found = readGroups(layers, problems).map(({ name, hosts, place }) => [
      name,
      [...hosts.keys()].join(' '),
      `${place.file}:${place.line}`,
    ]);
    return { found, told: problems.map(({ code, message, place }) => [code, message.en, place]) };
  };

  it('has groups by name, each with its hosts in order, from all files together', () => {
    const first = 'all:\n  children:\n    pro: {hosts: {web: , db: }}\n';
    const second = 'all: {hosts: {own: }}\npro: {hosts: {web: , mail: }}\nlab: {children: {far: }}';
    expect(groups(first, second)).toEqual({
      found: [
        ['all', 'own', 'inventory/0.yml:2'],
        ['far', '', 'inventory/1.yml:3'],
        ['lab', '', 'inventory/1.yml:3'],
        ['pro', 'web db mail', 'inventory/0.yml:3'],
      ],
      told: [],
    });
    expect(groups('all: word', 'all: {hosts: [a], children: 7}').found).toHaveLength(1);
  });

  it('in which a group stands twice says so: the last one counts, the own one over the managed', () => {
    const managed =
      '# === MANAGED BY infra.yml ===\nall: {hosts: {theirs: }}\n# === END MANAGED ===\n';
    expect(groups(`${managed}all: {hosts: {own: }}\n`)).toMatchObject({
      found: [['all', 'own', 'inventory/0.yml:4']],
      told: [
        [
          'tree-inventory-replaced',
          "The 'all' in your own lines of this file replaces the managed one.",
          { file: 'inventory/0.yml', line: 2 },
        ],
      ],
    });
  });

  it('is followed into groups of groups, but not for ever', () => {
    const nested = (depth: number) =>
      `${Array.from({ length: depth }, (_, n) => `g${n}: {children: {`).join('')}last: ${'}}'.repeat(depth)}`;
    const names = (depth: number) => groups(nested(depth)).found.map(([name]) => name);
    expect(names(20)).toContain('last');
    expect(names(21)).not.toContain('last');
  });

  it('with a group that holds itself, many times over, ends', () => {
    const children = Array.from({ length: 9 }, (_, n) => `b${n}: *a`).join(', ');
    const { found } = groups(`a: &a {hosts: {web: }, children: {${children}}}`);
    expect(found.map(([name, hosts]) => `${name} ${hosts}`)).toEqual([
      'a web',
      ...Array.from({ length: 9 }, (_, n) => `b${n} web`),
    ]);
  });
});

it('a machine in two domains, without variables or with a name that cannot be is told', () => {
  const place = { file: 'inventory/x.yml', line: 3, column: 1 };
  const group = (name: string, ...hosts: string[]) => ({
    name,
    place,
    hosts: new Map(hosts.map((host, n) => [host, { file: name, line: n + 1, column: 1 }])),
  });
  const twice = hostsInTwoDomains([
    group('pro', 'web', 'db'),
    group('lab', 'mail', 'web'),
    group('far', 'web\u001b[2J'),
  ]);
  expect(twice).toMatchObject([
    {
      code: 'tree-machine-twice',
      severity: 'error',
      path: [],
      place: { file: 'lab', line: 2 },
      related: { file: 'pro', line: 1 },
    },
  ]);
  const shown = 'x\u001b[2J'.repeat(50);
  for (const problem of [
    badName(shown, place),
    ...hostsInTwoDomains([group('pro', shown), group('lab', shown)]),
  ]) {
    expect(problem.message.en).not.toContain('\u001b');
    expect(problem.message.en.length).toBeLessThan(160);
  }
  expect([badName('a/b', place), hostWithoutVariables('web', place)]).toMatchObject([
    { code: 'tree-bad-name', severity: 'error', path: [], place },
    { code: 'tree-host-without-variables', severity: 'error', path: [], place },
  ]);
  expect(errorsOf(twice)).toHaveLength(1);
});
