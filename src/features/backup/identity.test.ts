import { describe, expect, it } from 'vitest';
import type { Instance } from '../../incus/index.ts';
import { asNewcomer, isStranger } from './identity.ts';

const told = {
  architecture: 'x86_64',
  description: 'mail',
  ephemeral: false,
  profiles: ['default', 'gpu'],
  stateful: false,
};
const original = {
  ...told,
  name: 'mail',
  project: 'pro',
  status: 'Stopped',
  type: 'container',
  config: {
    'limits.cpu': '2',
    'user.mine': 'kept',
    'user.anklume.project': 'home',
    'user.anklume.domain': 'pro',
    'user.anklume.machine': 'mail',
    'volatile.eth0.hwaddr': '00:16:3e:00:00:01',
    'volatile.eth0.host_name': 'veth1',
    'volatile.eth0.name': 'eth0',
    'volatile.uuid': 'a',
  },
  devices: {
    eth0: {
      type: 'nic',
      network: 'net-pro',
      name: 'eth0',
      'ipv4.address': '10.199.1.1',
      'ipv6.address': 'fd42::1',
      hwaddr: '00:16:3e:00:00:01',
      host_name: 'veth1',
      mtu: '1400',
    },
    root: { type: 'disk', path: '/', pool: 'default' },
    data: { type: 'disk', path: '/data', pool: 'default', source: 'mail-data' },
    other: { type: 'disk', path: '/other', pool: 'second', source: 'mail-data' },
    camera: { type: 'unix-char', hwaddr: 'stays', 'ipv4.address': 'stays' },
  },
} as unknown as Instance;

describe('P20d-05: a copy beside its original', () => {
  it('keeps what it is, and nothing that only one machine of a network can have', () => {
    const put = asNewcomer(original, new Map([['default/mail-data', 'mail-data-too']]));
    expect(put).toStrictEqual({
      ...told,
      config: {
        'limits.cpu': '2',
        'user.mine': 'kept',
        'volatile.eth0.name': 'eth0',
        'volatile.uuid': 'a',
      },
      devices: {
        eth0: { type: 'nic', network: 'net-pro', name: 'eth0', mtu: '1400' },
        root: { type: 'disk', path: '/', pool: 'default' },
        data: { type: 'disk', path: '/data', pool: 'default', source: 'mail-data-too' },
        other: { type: 'disk', path: '/other', pool: 'second', source: 'mail-data' },
        camera: { type: 'unix-char', hwaddr: 'stays', 'ipv4.address': 'stays' },
      },
    });
  });

  it.each([
    ['the same', { project: 'home', domain: 'pro' }, { project: 'home', domain: 'pro' }, false],
    ['one without marks', {}, { project: 'home', domain: 'pro' }, false],
    ['another owner', { project: 'work', domain: 'pro' }, { project: 'home', domain: 'pro' }, true],
    ['another domain', { project: 'home', domain: 'x' }, { project: 'home', domain: 'pro' }, true],
    ['marks where nobody has any', { domain: 'pro' }, {}, true],
  ])('is a stranger by its marks alone: %s', (_what, machine, project, expected) => {
    const marked = (marks: Readonly<Record<string, string>>) =>
      Object.fromEntries(
        Object.entries(marks).map(([name, value]) => [`user.anklume.${name}`, value]),
      );
    expect(isStranger(marked(machine), marked(project))).toBe(expected);
  });
});
