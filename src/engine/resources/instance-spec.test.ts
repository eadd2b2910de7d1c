import { describe, expect, it } from 'vitest';
import { domain, machine } from '../../../tests/integration/engine/world.ts';
import type { DesiredDomain, DesiredMachine } from '../../world/tree/index.ts';
import { instanceSpec } from './instance-spec.ts';

const spec = (more: Partial<DesiredMachine> = {}, domainMore: Partial<DesiredDomain> = {}) =>
  instanceSpec(
    domain('pro', 1, [], domainMore),
    machine('pro', 'web', '10.199.1.5', more),
    'mine',
    'default',
    undefined,
  ).wanted;
const declared = (config: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(config).filter(([key]) => !key.startsWith('user.')));

describe('the address of an instance', () => {
  it('P02-05: is an override that repeats the keys of the inherited eth0', () => {
    expect(spec().devices).toEqual({
      eth0: {
        type: 'nic',
        network: 'net-pro',
        name: 'eth0',
        'ipv4.address': '10.199.1.5',
        'security.mac_filtering': 'true',
        'security.ipv4_filtering': 'true',
        'security.ipv6_filtering': 'true',
        hwaddr: expect.stringMatching(/^02:/),
        host_name: expect.stringMatching(/^ank/),
      },
    });
  });

  it('takes the keys of the last profile that defines eth0', () => {
    const slow = { type: 'nic', network: 'net-pro', name: 'eth0', 'limits.max': '1Mbit' };
    const profiles = [{ name: 'slow', config: {}, devices: { eth0: slow } }];
    const { devices } = spec({ profiles: ['default', 'slow'] }, { profiles });
    expect(devices?.eth0).toMatchObject({ 'limits.max': '1Mbit', 'ipv4.address': '10.199.1.5' });
  });

  it('lets what the machine declares win', () => {
    const eth0 = {
      type: 'nic',
      network: 'net-pro',
      name: 'eth0',
      'security.mac_filtering': 'false',
    };
    expect(spec({ devices: { eth0 } }).devices?.eth0).toMatchObject({
      'security.mac_filtering': 'false',
      'ipv4.address': '10.199.1.5',
    });
  });

  it('leaves a NIC that is not on the bridge of the domain as declared', () => {
    const eth0 = { type: 'nic', nictype: 'macvlan', parent: 'enp1s0' };
    expect(spec({ devices: { eth0 } }).devices).toEqual({ eth0 });
  });

  it('gives a machine without the default profile its bridge and a disk all the same', () => {
    const { devices } = spec({ profiles: [] });
    expect(devices?.root).toEqual({ type: 'disk', path: '/', pool: 'default' });
    expect(devices?.eth0).toMatchObject({ network: 'net-pro', 'ipv4.address': '10.199.1.5' });
  });
});

describe('the config of an instance', () => {
  it('P09-06 P09-09: holds what is declared and nothing of its own but the protection', () => {
    expect(declared(spec({ type: 'vm' }).config)).toEqual({
      'security.protection.delete': 'false',
    });
    const config = { 'limits.cpu': '1', 'limits.memory': '16MiB' };
    expect(declared(spec({ type: 'vm', config }).config)).toMatchObject(config);
  });

  it('translates the keys of a machine, a key under config winning', () => {
    const { config } = spec({
      ephemeral: false,
      bootAutostart: true,
      bootPriority: 10,
      snapshotsSchedule: '0 3 * * *',
      snapshotsExpiry: '60m',
      config: { 'boot.autostart.priority': '7', 'limits.cpu': '' },
    });
    expect(declared(config)).toEqual({
      'boot.autostart': 'true',
      'boot.autostart.priority': '7',
      'snapshots.schedule': '0 3 * * *',
      'snapshots.expiry': '60M',
      'security.protection.delete': 'true',
    });
  });

  it('P10-08: adds no GPU device where a profile brings one', () => {
    const profiles = [{ name: 'nvidia', config: {}, devices: { gpu0: { type: 'gpu' } } }];
    const { devices } = spec({ gpu: true, profiles: ['default', 'nvidia'] }, { profiles });
    expect(Object.keys(devices ?? {})).toEqual(['eth0']);
    expect(spec({ gpu: true }).devices?.gpu).toEqual({ type: 'gpu' });
  });

  it('attaches volumes from the pool of the domain or their own', () => {
    const volumes = [
      { name: 'data', path: '/data', config: {} },
      { name: 'big', path: '/big', pool: 'slow', size: '5GiB', config: {} },
    ];
    expect(spec({ volumes }).devices).toMatchObject({
      data: { type: 'disk', pool: 'default', source: 'data', path: '/data' },
      big: { type: 'disk', pool: 'slow', source: 'big', path: '/big' },
    });
  });
});
