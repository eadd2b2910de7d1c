import { describe, expect, it } from 'vitest';
import { loadText } from './load-text.test-kit.ts';

const SPELLINGS = [
  ...['y', 'n', 'yes', 'No', 'ON', 'off', 'TRUE', 'False', 'true', 'false'],
  ...[
    '022',
    '08',
    '0o17',
    '0x1F',
    '0b11',
    '1_000',
    '8_080',
    '20:22',
    '12:30',
    '12:30:45',
    '190:20:30.15',
  ],
  ...[
    '1.10',
    '1.0',
    '1.',
    '.5',
    '-0',
    '+5',
    '1e3',
    '1e10',
    '1E+3',
    '6.02e+23',
    '.inf',
    '-.INF',
    '.nan',
    '.NaN',
  ],
  ...[
    '12345678901234567890',
    '0123',
    '007',
    '2024-01-01',
    '2024-01-01T10:00:00Z',
    '=',
    '7',
    '22',
    '1.5',
  ],
];

const world = (machine: string, more = '') =>
  loadText(`project_name: p\ndomains: {pro: {machines: {dev: ${machine}}}}\n${more}`);
const firstMachine = (machine: string) => {
  const { infra, problems } = world(machine);
  expect(problems, machine).toEqual([]);
  return infra?.domains[0]?.machines[0];
};

describe('case 28: where a text is wanted, it is the text as written', () => {
  it.each(SPELLINGS)('%s', (word) => {
    const machine = firstMachine(
      `{description: ${word}, config: {environment.X: ${word}, user.x: ${word}}, devices: {d: {type: disk, source: ${word}, path: /d}}}`,
    );
    expect(machine?.description).toBe(word);
    expect(machine?.config).toEqual({ 'environment.X': word, 'user.x': word });
    expect(machine?.devices.d?.source).toBe(word);
    const { infra } = loadText(
      `project_name: p\nglobal: {default_user: ${word}, default_os_image: ${word}}\ndomains: {pro: {description: ${word}, profiles: {a: {config: {user.x: ${word}}}}, machines: {dev: {os_image: ${word}}}}}\n`,
    );
    expect(infra?.global).toMatchObject({ defaultUser: word, defaultImage: word });
    expect(infra?.domains[0]).toMatchObject({
      description: word,
      profiles: [{ config: { 'user.x': word } }],
      machines: [{ image: word }],
    });
  });

  it('names of domains and machines, and what names them', () => {
    const { infra, problems } = loadText(
      'project_name: 0123\nglobal: {base_subnet: 10.110}\ndomains: {no: {subnet_id: 64, machines: {on: {}, "off": {ip: 10.110.64.7}}}, yes: {}}\nnetwork_policies: [{from: no, to: yes, ports: [22]}, {from: on, to: yes, ports: all}]\n',
    );
    expect(problems).toEqual([]);
    expect(infra?.projectName).toBe('0123');
    expect(infra?.global.baseSubnet).toBe('10.110');
    expect(infra?.policies.map(({ from, to }) => [from, to])).toEqual([
      ['no', 'yes'],
      ['on', 'yes'],
    ]);
  });
});

const NUMBERS = SPELLINGS.filter((word) => !/^(?:[a-z]|2024|=|\.[a-z]|-\.)/i.test(word)).filter(
  (word) => !['7', '22'].includes(word),
);

describe('case 28: where a number is wanted, it is plain digits or an error', () => {
  const PLACES: readonly (readonly [string, (word: string) => ReturnType<typeof world>])[] = [
    [
      'invalid-port',
      (word) => world('{}', `network_policies: [{from: pro, to: host, ports: [${word}]}]\n`),
    ],
    [
      'invalid-subnet-id',
      (word) => loadText(`project_name: p\ndomains: {pro: {subnet_id: ${word}, machines: {}}}\n`),
    ],
    ['invalid-weight', (word) => world(`{weight: ${word}}`)],
    ['invalid-boot-priority', (word) => world(`{boot_priority: ${word}}`)],
    [
      'invalid-seconds',
      (word) =>
        loadText(
          `project_name: p\nglobal: {incus_images_download_timeout: ${word}}\ndomains: {pro: {}}\n`,
        ),
    ],
    ['ambiguous-number', (word) => world(`{config: {limits.processes: ${word}}}`)],
    ['ambiguous-number', (word) => world(`{devices: {eth1: {type: nic, mtu: ${word}}}}`)],
  ];

  it.each(NUMBERS.filter((word) => word !== '1.5' && word !== '0o17'))('%s', (word) => {
    for (const [code, load] of PLACES) {
      const { problems } = load(word);
      expect(problems.map((one) => one.code)).toEqual([code]);
      expect(problems[0]?.message.en).toContain(` ${word}`);
      expect(problems[0]?.message.en).not.toContain(`"${word}"`);
      expect(problems[0]?.place?.line).toBeGreaterThan(0);
    }
  });

  it('says what YAML 1.1 makes of it, and quotes what was written', () => {
    const { problems } = world(
      '{}',
      'network_policies:\n  - {from: pro, to: host, ports: [20:22]}\n',
    );
    expect(problems).toMatchObject([
      {
        message: {
          en: "'ports' must be a whole number from 1 to 65535, without quotes, not 20:22.",
        },
        remedy: {
          en: expect.stringContaining('YAML 1.1 takes 20:22 for 1222; write plain decimal digits.'),
        },
        place: { line: 4 },
      },
    ]);
    for (const word of ['.inf', '.nan', '017', '12:30:45', '1e3', '022.0'])
      expect(world(`{weight: ${word}}`).problems[0]?.message.en).toMatch(
        new RegExp(`, not ${word.replaceAll('.', '\\.')}\\.$`),
      );
    for (const word of ['.inf', '017', '12:30:45'])
      expect(world(`{ephemeral: ${word}}`).problems[0]?.message.en).toBe(
        `'ephemeral' must be true or false, not ${word}.`,
      );
    expect(world('{ephemeral: "017"}').problems[0]?.message.en).toMatch(/not "017"\.$/);
    expect(world('{type: on}').problems[0]?.message.en).toMatch(/not "on"\.$/);
  });
});

describe('true and false', () => {
  it('are what YAML 1.1 takes for them, also for keys that Incus takes for them', () => {
    for (const [word, value] of [
      ['yes', true],
      ['On', true],
      ['no', false],
      ['OFF', false],
    ] as const)
      expect(
        firstMachine(
          `{ephemeral: ${word}, config: {security.nesting: ${word}}, devices: {d: {type: disk, readonly: ${word}}}}`,
        ),
      ).toMatchObject({
        ephemeral: value,
        config: { 'security.nesting': String(value) },
        devices: { d: { readonly: String(value) } },
      });
    // In quotes it is a text, and Incus judges it.
    expect(firstMachine('{config: {security.nesting: "yes"}}')?.config).toEqual({
      'security.nesting': 'yes',
    });
  });
});

describe('variables of roles are what Ansible reads', () => {
  const vars = (word: string) => {
    const { infra, problems } = world(`{roles: [web], web_x: ${word}, web_y: [{z: ${word}}]}`);
    return [infra?.domains[0]?.machines[0]?.vars, problems.map(({ code }) => code)];
  };

  it.each([
    ['yes', true, 0],
    ['y', 'y', 0],
    ['1e10', '1e10', 0],
    ['08', '08', 0],
    ['12345678901234567890', '12345678901234567890', 0],
    ['022', 18, 2],
    ['1.10', 1.1, 2],
    ['20:22', 1222, 2],
    ['1_000', 1000, 2],
    ['22', 22, 0],
  ])('%s', (word, value, told) => {
    expect(vars(word)).toEqual([
      { web_x: value, web_y: [{ z: value }] },
      Array.from({ length: told }, () => 'ambiguous-variable'),
    ]);
  });
});
