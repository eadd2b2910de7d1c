import { expect, it } from 'vitest';
import type { Desired, DesiredDomain, DesiredMachine } from '../../world/tree/index.ts';
import { candidatesOf } from './candidates.ts';

const machine: DesiredMachine = {
  name: 'a-1',
  instance: '001-a-1',
  domain: 'a',
  description: '',
  type: 'lxc',
  ip: '10.1.1.1',
  ephemeral: true,
  image: 'images:debian/13',
  gpu: false,
  profiles: ['default'],
  config: {},
  devices: { root: { type: 'disk', path: '/', pool: 'default' } },
  volumes: [],
  roles: ['web'],
};

function worldOf(one: Partial<DesiredMachine>, profiles: DesiredDomain['profiles'] = []): Desired {
  const domain: DesiredDomain = {
    name: 'a',
    description: '',
    ephemeral: true,
    project: '001-a',
    network: { name: 'net-a', subnet: '10.1.1.0/24', gateway: '10.1.1.254' },
    internet: true,
    lan: true,
    profiles,
    machines: [{ ...machine, ...one }],
  };
  return {
    projectName: 'p',
    defaultImage: 'images:debian/13',
    gpuPolicy: 'exclusive',
    firewallMode: 'host',
    logDrops: false,
    domains: [domain],
    policies: [],
  };
}

it('a container with roles and nothing of its own could share an image', () => {
  expect(candidatesOf(worldOf({})).map(({ id }) => id)).toEqual(['instance:001-a/001-a-1']);
});

it.each<[string, Partial<DesiredMachine>]>([
  ['a virtual machine', { type: 'vm' }],
  ['one without roles', { roles: [] }],
  ['one with a GPU', { gpu: true }],
  ['one with a volume', { volumes: [{ name: 'data', path: '/srv', config: {} }] }],
  [
    'one with a folder of the host',
    { devices: { x: { type: 'disk', path: '/srv', source: '/x' } } },
  ],
  ['one with a role of a collection', { roles: ['web', 'community.general.web'] }],
  ['one with a role that is a path', { roles: ['../web'] }],
])('%s could not', (_, one) => {
  expect(candidatesOf(worldOf(one))).toEqual([]);
});

it('nor one that has a disk by its profile', () => {
  const disk = {
    name: 'data',
    config: {},
    devices: { d: { type: 'disk', path: '/srv', source: '/x' } },
  };
  expect(candidatesOf(worldOf({ profiles: ['default', 'data'] }, [disk]))).toEqual([]);
  expect(candidatesOf(worldOf({}, [disk]))).toHaveLength(1);
});
