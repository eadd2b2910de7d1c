import { expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../../tests/integration/engine/sample-daemon.ts';
import { domain, machine, world } from '../../../tests/integration/engine/world.ts';
import type { DesiredMachine } from '../../world/tree/index.ts';
import { computePlan } from '../compute-plan.ts';
import { MARK_PREFIX } from '../marks.ts';

const host = { relativeLevel: 0, vmNested: false, yolo: false };
const desiredWith = (more: Partial<DesiredMachine> = {}) =>
  world('mine', [
    domain('pro', 1, [machine('pro', 'web', '10.199.1.1', more)]),
    domain('lab', 2, [machine('lab', 'box', '10.199.2.1')]),
  ]);
const desired = desiredWith();
const live = afterCreations(emptyDaemon(), computePlan(desired, emptyDaemon()));

/** The notes of a plan where somebody changed the machine `web` by hand. */
function notesWith(
  change: { config?: Record<string, string>; devices?: Record<string, Record<string, string>> },
  wanted = desired,
) {
  const instances = live.instances.map((one) =>
    one.name !== 'web'
      ? one
      : {
          ...one,
          config: { ...one.config, ...change.config },
          expanded_config: { ...one.expanded_config, ...change.config },
          devices: { ...one.devices, ...change.devices },
          expanded_devices: { ...one.expanded_devices, ...change.devices },
        },
  );
  return computePlan(wanted, { ...live, instances }, { nesting: host }).notes.filter(
    ({ drift }) => drift,
  );
}

it('a daemon as it was made has nothing open', () => {
  expect(notesWith({})).toEqual([]);
});

it('B06-04: a NIC by hand is told in the plan, with the way back', () => {
  const [note, ...others] = notesWith({ devices: { eth1: { type: 'nic', network: 'net-lab' } } });
  expect(others).toEqual([]);
  expect(note).toMatchObject({ id: 'instance:pro/web', code: 'foreign-nic' });
  expect(note?.remedy?.en).toContain(
    'anklume incus -- config device remove web eth1 --project pro',
  );
});

it('B06-04: an interface joined to the bridge of a domain is told', () => {
  const networks = live.networks.map((one) =>
    one.name === 'net-pro'
      ? { ...one, config: { ...one.config, 'bridge.external_interfaces': 'enp2s0' } }
      : one,
  );
  const { notes } = computePlan(desired, { ...live, networks }, { nesting: host });
  expect(notes).toMatchObject([{ id: 'network:net-pro', code: 'foreign-link', drift: true }]);
});

it.each([
  ['raw.lxc', { config: { 'raw.lxc': 'x' } }],
  ['security.privileged', { config: { 'security.privileged': 'true' } }],
  ['host', { devices: { host: { type: 'disk', source: '/', path: '/mnt' } } }],
  ['mem', { devices: { mem: { type: 'unix-char', path: '/dev/mem' } } }],
])('B06-05: %s by hand is told unless it is permitted', (name, change) => {
  const [note] = notesWith(change);
  expect(note).toMatchObject({ code: 'dangerous-setting' });
  expect(note?.text.en).toContain(`'${name}'`);
  const word = /'allow: \[(.*)\]'/.exec(note?.remedy?.en ?? '')?.[1] ?? '';
  const permitted = { allow: [word] };
  expect(notesWith(change, desiredWith(permitted))).toEqual([]);
});

it('what the command for the admin container wrote is meant', () => {
  const socket = {
    type: 'proxy',
    bind: 'instance',
    listen: 'unix:/var/lib/incus/unix.socket',
    connect: 'unix:/var/lib/incus/unix.socket',
  };
  const devices = { 'anklume-socket': socket };
  const config = { [`${MARK_PREFIX}admin`]: '/srv/project' };
  expect(notesWith({ devices })).toHaveLength(1);
  expect(notesWith({ devices, config })).toEqual([]);
  expect(notesWith({ devices: { other: socket }, config })).toHaveLength(1);
});

it('B06-05: lines of the tree do not bring in what infra.yml would not', () => {
  const refusals = (more: Partial<DesiredMachine>, nesting: typeof host | undefined = host) =>
    computePlan(desiredWith(more), live, nesting ? { nesting } : {}).entries.filter(
      ({ action }) => action === 'refuse',
    );
  const config = { 'raw.lxc': 'x' };
  expect(refusals({ config })).toMatchObject([
    { id: 'instance:pro/web', code: 'dangerous-setting' },
  ]);
  expect(refusals({ config, allow: ['raw.lxc'] })).toEqual([]);
  expect(refusals({ config }, { ...host, yolo: true })).toEqual([]);
  const privileged = { config: { 'security.privileged': 'yes' } };
  expect(refusals(privileged)).toHaveLength(1);
  expect(refusals(privileged, { ...host, vmNested: true })).toEqual([]);
});

it('B06-05: nor does a profile of machines that do not change themselves', () => {
  const withProfile = (config: Record<string, string>) =>
    world('mine', [
      domain('pro', 1, [machine('pro', 'web', '10.199.1.1', { profiles: ['default', 'tools'] })], {
        profiles: [{ name: 'tools', config, devices: {} }],
      }),
    ]);
  const nesting = host;
  const first = computePlan(withProfile({}), emptyDaemon(), { nesting });
  const before = afterCreations(emptyDaemon(), first);
  const { entries } = computePlan(withProfile({ 'raw.lxc': 'x' }), before, { nesting });
  expect(entries).toMatchObject([
    { id: 'profile:pro/tools', action: 'refuse', code: 'dangerous-setting' },
  ]);
});
