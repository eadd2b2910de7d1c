import { fc, test } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import { domain, machine } from '../../../tests/integration/engine/world.ts';
import { MARK, plainDefaults } from '../../engine/index.ts';
import { disposableNamed } from '../../site/index.ts';
import { freeAddresses } from './address.ts';
import { disposableBody } from './body.ts';
import { ALONE, homeIn } from './home.ts';
import { disposableName, isDisposableName } from './name.ts';
import { type Disposable, tagText } from './tag.ts';

const pro = domain('pro', 1, [machine('pro', 'web', '10.199.1.51')]);
const tag = { use: 'run', token: 't', space: 's', image: 'probe' } as const;
const asked = { name: 'disp-1', fingerprint: 'f00d', address: '10.199.1.60', tag };

it('P20a-01: asks for a machine that the daemon removes when it stops', () => {
  expect(disposableBody(ALONE, asked)).toMatchObject({ ephemeral: true, start: true, devices: {} });
});

it('P20a-02: in a domain it has a card that is pinned and known to the rules, and the marks of the domain', () => {
  const home = { project: pro.project, domain: pro, projectName: 'mine' };
  const { devices, config } = disposableBody(home, asked);
  expect(devices.eth0).toMatchObject({
    network: pro.network.name,
    'ipv4.address': '10.199.1.60',
    'security.ipv4_filtering': 'true',
    'security.mac_filtering': 'true',
    host_name: expect.stringMatching(/^ankx[0-9a-f]{11}$/),
  });
  expect(config).toMatchObject({ [MARK.project]: 'mine', [MARK.domain]: 'pro' });
});

it('takes no address that is declared, held or the gateway, and those first that nobody writes', () => {
  const held = {
    expanded_devices: { eth0: { network: 'net-pro', 'ipv4.address': '10.199.1.52' } },
  };
  // Only its devices are read.
  const addresses = freeAddresses(pro, [held as unknown as Parameters<typeof freeAddresses>[1][0]]);
  expect(addresses.slice(0, 2)).toEqual(['10.199.1.53', '10.199.1.54']);
  expect(addresses).toHaveLength(new Set(addresses).size);
  for (const taken of ['10.199.1.51', '10.199.1.52', pro.network.gateway])
    expect(addresses).not.toContain(taken);
});

it('P20a-02: a domain that is none is told with those there are', () => {
  const desired = { domains: [pro], projectName: 'mine' } as unknown as Parameters<
    typeof homeIn
  >[0];
  expect(() => homeIn(desired, 'prö\u001b')).toThrow(
    expect.objectContaining({
      code: 'unknown-domain',
      exit: 2,
      remedy: expect.objectContaining({ en: expect.stringContaining('pro') }),
    }),
  );
});

test.prop([fc.double({ min: 1.6e12, max: 4e12, noNaN: true })])(
  'P20a-03: every moment gives a name that Incus and a bridge take',
  (moment) => {
    const name = disposableName(moment);
    expect(isDisposableName(name)).toBe(true);
    expect(name.length).toBeLessThanOrEqual(63);
  },
);

it('is asked for whole: nothing in it speaks to the daemon, starts by itself or outlives its stop', () => {
  const wanted = {
    ...{ name: 'disp-1', type: 'container', description: 'Disposable', start: true },
    ...{ ephemeral: true, source: { type: 'image', fingerprint: 'f00d' }, profiles: ['default'] },
  };
  const config = {
    'boot.autostart': 'false',
    'security.protection.delete': 'false',
    'security.guestapi': 'false',
    [MARK.disposable]: tagText(tag),
  };
  const alone = disposableBody(ALONE, asked);
  expect(alone).toStrictEqual({
    ...wanted,
    config: {
      ...plainDefaults(undefined),
      ...config,
      [MARK.id]: 'instance:anklume-disposable/disp-1',
    },
    devices: {},
  });
  const home = { project: 'pro-project', domain: pro, projectName: 'mine' };
  expect(disposableBody(home, asked)).toStrictEqual({
    ...wanted,
    config: {
      ...plainDefaults(pro),
      ...config,
      [MARK.id]: 'instance:pro-project/disp-1',
      [MARK.project]: 'mine',
      [MARK.domain]: 'pro',
    },
    devices: { eth0: expect.objectContaining({ type: 'nic', network: 'net-pro' }) },
  });
});

it('addresses are tried from 51 to 100 first, then from 1 to 252; other networks take none of them', () => {
  const elsewhere = {
    expanded_devices: {
      eth0: { network: 'net-home', 'ipv4.address': '10.199.1.52' },
      eth1: { network: 'net-pro' },
    },
  };
  const empty = domain('pro', 1, []);
  const addresses = freeAddresses(empty, [
    elsewhere as unknown as Parameters<typeof freeAddresses>[1][0],
  ]);
  const hosts = addresses.map((one) => Number(one.split('.')[3]));
  expect([hosts.length, hosts[0], hosts[49], hosts[50], hosts.at(-1)]).toEqual([
    252, 51, 100, 1, 252,
  ]);
});

it('a home is its domain, as Incus calls it; where there is none, that is said', () => {
  const desired = (...domains: object[]) =>
    ({ domains, projectName: 'mine' }) as unknown as Parameters<typeof homeIn>[0];
  expect(homeIn(desired(domain('home', 2, []), pro), 'pro')).toEqual({
    ...{ project: pro.project, projectName: 'mine' },
    domain: pro,
  });
  const remedy = (en: string) =>
    expect.objectContaining({ remedy: expect.objectContaining({ en }) });
  const end = '. Without --domain the machine has no network at all.';
  expect(() => homeIn(desired(), 'x')).toThrow(remedy(`Domains: none${end}`));
  const two = desired(domain('home', 2, []), pro);
  expect(() => homeIn(two, 'x')).toThrow(remedy(`Domains: home, pro${end}`));
  expect(() => homeIn(two, 'y'.repeat(200))).toThrow(
    expect.objectContaining({
      text: expect.objectContaining({ en: expect.stringContaining(`'${'y'.repeat(100)}'`) }),
    }),
  );
});

it('a name is the moment, to the microsecond, and nothing that only looks like one', () => {
  expect(disposableName(Date.parse('2026-11-22T10:15:30.123Z') + 0.5)).toBe(
    'disp-20261122-101530-123500',
  );
  expect(disposableName(Date.parse('2026-11-22T10:15:30.004Z') + 0.0078125)).toBe(
    'disp-20261122-101530-004007',
  );
  for (const word of [
    'xdisp-20261122-101530-123456',
    'disp-20261122-101530-123456x',
    'disp-2026-1-2',
    '',
  ])
    expect(isDisposableName(word)).toBe(false);
});

it('one is found by its whole name', () => {
  const all = ['disp-1', 'disp-2'].map((name) => ({ name, tag }) as unknown as Disposable);
  expect(disposableNamed(all, 'disp-2')).toBe(all[1]);
  expect(() => disposableNamed(all, `disp\u001b${'x'.repeat(200)}`)).toThrow(
    expect.objectContaining({
      ...{ code: 'unknown-disposable', exit: 2 },
      text: expect.objectContaining({ en: expect.not.stringMatching(/\u001b|x{101}/) }),
    }),
  );
});
