import { describe, expect, it } from 'vitest';
import { EXPECTED, type Expectation } from './expected.ts';
import { checkShape } from './shape.ts';

type Json = unknown;

/** A value where a path says, and nothing else. */
function at(path: string, value: Json): Json {
  return path
    .split('.')
    .reverse()
    .reduce<Json>((inner, step) => (step === '0' ? [inner] : { [step]: inner }), value);
}
const found = (value: Json) =>
  checkShape(value).findings.map(({ code, path, message }) => [code, path.join('.'), message.en]);

const MACHINE = 'domains.pro.machines.web';
const DEVICE = `${MACHINE}.devices.gpu`;
const VOLUME = `${MACHINE}.storage_volumes.data`;
const POLICY = 'network_policies.0';
const RESOURCES = 'global.resource_policy';

const MAPPINGS: readonly (readonly [Expectation, ...string[]])[] = [
  ['mapping', 'global', 'domains.pro', MACHINE, 'domains.pro.file_portal'],
  ['mapping', 'domains.pro.profiles.gpu', `${RESOURCES}.host_reserve`, VOLUME],
  ['settings', `${MACHINE}.config`, 'domains.pro.profiles.gpu.config', `${VOLUME}.config`],
  ['devices', `${MACHINE}.devices`, 'domains.pro.profiles.gpu.devices'],
  ['device', DEVICE, 'domains.pro.profiles.gpu.devices.eth1'],
  ['domains', 'domains'],
  ['machines', 'domains.pro.machines'],
  ['profiles', 'domains.pro.profiles'],
  ['policy', POLICY],
];
const FLAGS = [
  ...['log_drops', 'incus_images_export_for_nesting', 'ai_vram_flush', 'nesting_prefix'].map(
    (key) => `global.${key}`,
  ),
  ...['ephemeral', 'internet', 'lan', 'ipv6', 'enabled', 'managed', 'file_portal.read_only'].map(
    (key) => `domains.pro.${key}`,
  ),
  ...['ephemeral', 'gpu', 'boot_autostart', 'ai_coding'].map((key) => `${MACHINE}.${key}`),
  `${POLICY}.bidirectional`,
  `${RESOURCES}.overcommit`,
];
const WORDS = [
  ...['project_name', 'global.default_os_image', 'global.default_connection'],
  ...['global.default_user', 'global.ai_access_default', 'domains.pro.project'],
  ...[`${MACHINE}.instance`, `${MACHINE}.os_image`, `${POLICY}.from`, `${POLICY}.to`],
  ...[`${VOLUME}.name`, `${VOLUME}.pool`, `${VOLUME}.path`],
];
const TEXTS = [
  ...['domains.pro.description', 'domains.pro.profiles.gpu.description'],
  ...[`${MACHINE}.description`, `${POLICY}.description`, `${VOLUME}.size`],
];
const CHOICES: readonly (readonly [Expectation, string, ...string[]])[] = [
  ['gpu-policy', 'global.gpu_policy', 'exclusive', 'shared'],
  ['firewall-mode', 'global.firewall_mode', 'host', 'vm'],
  ['ai-access-policy', 'global.ai_access_policy', 'open', 'exclusive'],
  ['machine-type', `${MACHINE}.type`, 'lxc', 'vm', 'container'],
  [
    ...(['trust-level', 'domains.pro.trust_level'] as const),
    ...['admin', 'trusted', 'semi-trusted', 'untrusted', 'disposable'],
  ],
  ['protocol', `${POLICY}.protocol`, 'tcp', 'udp'],
  ['resource-mode', `${RESOURCES}.mode`, 'proportional', 'equal'],
  ['cpu-mode', `${RESOURCES}.cpu_mode`, 'allowance', 'count'],
  ['memory-enforce', `${RESOURCES}.memory_enforce`, 'soft', 'hard'],
];
const NUMBERS: readonly (readonly [Expectation, string, number, number])[] = [
  ['seconds', 'global.incus_images_download_timeout', 1, 86_400],
  ['subnet-id', 'domains.pro.subnet_id', 0, 254],
  ['weight', `${MACHINE}.weight`, 1, 1_000_000],
  ['boot-priority', `${MACHINE}.boot_priority`, 0, 100],
];

/** One finding, of this kind, at this place, with the words for it; the part is taken out and the rest is kept. */
function refused(kind: Expectation, path: string, value: Json, where = path): void {
  const { code, text } = EXPECTED[kind];
  const findings = found(at(path, value));
  expect(findings, `${path}: ${JSON.stringify(value)}`).toEqual([
    [code, where, expect.stringContaining(` must be ${text.en}`)],
  ]);
}
const taken = (path: string, value: Json) => {
  const { findings, raw, cut } = checkShape(at(path, value));
  expect([findings, cut], `${path}: ${JSON.stringify(value)}`).toEqual([[], []]);
  expect(raw).toEqual(at(path, value));
};

describe('each key takes what it is for, and tells what that is', () => {
  it('mappings', () => {
    for (const [kind, ...paths] of MAPPINGS)
      for (const path of paths) {
        for (const value of [[], ['a'], 'word', 3, true, null])
          if (!path.endsWith('resource_policy')) refused(kind, path, value);
        taken(path, {});
      }
    for (const value of [[], 'word', 3])
      expect(found(value)).toEqual([
        ['wrong-type', '', `infra.yml must be ${EXPECTED.document.text.en}.`],
      ]);
  });

  it('true or false', () => {
    for (const path of FLAGS) {
      for (const value of ['true', 1, null, []]) refused('flag', path, value);
      for (const value of [true, false]) taken(path, value);
    }
  });

  it('words and texts', () => {
    for (const path of WORDS) {
      for (const value of ['', null, ['a'], {}]) refused('word', path, value);
      taken(path, 'word');
    }
    for (const path of TEXTS) {
      for (const value of [null, ['a'], {}]) refused('text', path, value);
      for (const value of ['', 'words', 3]) taken(path, value);
    }
    for (const path of [`${MACHINE}.profiles`, `${MACHINE}.roles`, `${MACHINE}.export_apps`]) {
      for (const value of ['a', {}, 3]) refused('words', path, value);
      refused('word', path, ['a', ''], `${path}.1`);
      taken(path, []);
      taken(path, ['a', 'b']);
    }
  });

  it('settings and devices hold plain values', () => {
    for (const path of [`${MACHINE}.config.key`, `${DEVICE}.key`, `${VOLUME}.config.key`]) {
      for (const value of [null, [], {}]) refused('plain', path, value);
      for (const value of ['', 'a', 0, 1.5, true]) taken(path, value);
    }
  });

  it('one of some words', () => {
    for (const [kind, path, ...words] of CHOICES) {
      for (const value of ['', 'other', null, true, 3]) refused(kind, path, value);
      for (const value of words) taken(path, value);
    }
  });

  it('whole numbers between two', () => {
    for (const [kind, path, least, most] of NUMBERS) {
      for (const value of [least - 1, most + 1, least + 0.5, String(least), null])
        refused(kind, path, value);
      for (const value of [least, most]) taken(path, value);
    }
  });

  it('ports', () => {
    for (const value of ['some', 80, null, {}]) refused('ports', `${POLICY}.ports`, value);
    for (const value of [0, 65536, 1.5, '80'])
      refused('port', `${POLICY}.ports`, [80, value], `${POLICY}.ports.1`);
    for (const value of ['all', [], [1, 65535]]) taken(`${POLICY}.ports`, value);
  });

  it('what has a form of its own', () => {
    for (const value of [['10.1'], null]) {
      refused('base-subnet', 'global.base_subnet', value);
      refused('base-subnet6', 'global.base_subnet6', value);
      refused('cron', `${MACHINE}.snapshots_schedule`, value);
      refused('expiry', `${MACHINE}.snapshots_expiry`, value);
    }
    for (const value of ['images', '~/images', 3])
      refused('absolute-path', 'global.incus_images_export_dir', value);
    taken('global.incus_images_export_dir', '/images');
    refused('portal-paths', 'domains.pro.file_portal.allowed_paths', '/a');
    taken('domains.pro.file_portal.allowed_paths', ['/a']);
    for (const key of ['cpu', 'memory']) {
      refused('reserve', `${RESOURCES}.host_reserve.${key}`, ['20%']);
      for (const value of ['20%', 2]) taken(`${RESOURCES}.host_reserve.${key}`, value);
    }
    for (const value of ['yes', 3, null]) refused('resource-policy', RESOURCES, value);
    for (const value of [true, false, {}]) taken(RESOURCES, value);
    for (const value of ['a', 3]) refused('storage-volumes', `${MACHINE}.storage_volumes`, value);
    taken(`${MACHINE}.storage_volumes`, [{ name: 'data', path: '/data' }]);
    for (const value of ['a', {}]) refused('policies', 'network_policies', value);
  });
});

describe('what is wrong', () => {
  it('is taken out, and the rest is kept as it is', () => {
    const value = {
      project_name: 'home',
      global: { firewall_mode: 'moat', log_drops: true },
      domains: { pro: { subnet_id: 1, machines: { web: { ip: ['3'], gpu: true } } }, lab: 'none' },
      network_policies: [{ from: 'pro', to: 'lab' }, { from: {} }],
    };
    const before = structuredClone(value);
    const { raw, cut } = checkShape(value);
    expect(raw).toEqual({
      project_name: 'home',
      global: { log_drops: true },
      domains: { pro: { subnet_id: 1, machines: { web: { gpu: true } } } },
      // A list loses no single entry, as the places of the others would move.
      network_policies: [{ from: 'pro', to: 'lab' }, {}],
    });
    expect(cut.map((path) => path.join('.'))).toEqual([
      'global.firewall_mode',
      `${MACHINE}.ip`,
      'domains.lab',
      'network_policies.1.from',
    ]);
    expect(value).toEqual(before);
    expect(checkShape({ network_policies: ['one'] })).toMatchObject({
      raw: {},
      cut: [['network_policies']],
    });
    expect(checkShape('word')).toMatchObject({ raw: {}, cut: [[]] });
  });

  it('is shown in few characters, by its name', () => {
    const words = (path: string, value: Json) => found(at(path, value))[0]?.[2];
    expect(words('global.firewall_mode', 'moat')).toBe(
      `'firewall_mode' must be host or vm, not "moat".`,
    );
    expect(words('global.firewall_mode', ['moat'])).toMatch(/not \[\.\.\.\]\.$/);
    expect(words('global.firewall_mode', { a: 1 })).toMatch(/not \{\.\.\.\}\.$/);
    expect(words('global.firewall_mode', 'x'.repeat(58))).toMatch(/not "x{58}"\.$/);
    expect(words('global.firewall_mode', 'x'.repeat(59))).toMatch(/not "x{56}\.\.\.\.$/);
    expect(words(`${POLICY}.ports`, [0])).toMatch(/^'ports' must be a whole number from 1/);
    expect(words('domains.42a.subnet_id', 'a')).toMatch(/^'subnet_id' must be/);
    expect(words('domains.a42', 'a')).toMatch(/^'a42' must be/);
    expect(words('domains.42a', 'a')).toMatch(/^'42a' must be/);
  });

  it('what is empty is called so', () => {
    expect(found({ project_name: null })[0]?.[2]).toMatch(/must be a text.*, not empty\.$/);
    expect(checkShape({ project_name: '' }).findings[0]?.remedy?.en).toBe(
      'Write a text that is not empty.',
    );
    expect(found({ global: { log_drops: 1 } })[0]?.[2]).toMatch(/must be true or false, not 1\.$/);
  });
});
