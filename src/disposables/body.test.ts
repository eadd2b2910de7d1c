import { fc, test } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import { domain, machine } from '../../tests/integration/engine/world.ts';
import { MARK } from '../engine/index.ts';
import { freeAddresses } from './address.ts';
import { disposableBody } from './body.ts';
import { ALONE, homeIn } from './home.ts';
import { disposableName, isDisposableName } from './name.ts';

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
