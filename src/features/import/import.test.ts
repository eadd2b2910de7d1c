import { expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../../tests/integration/engine/sample-daemon.ts';
import { crowd, world } from '../../../tests/integration/engine/world.ts';
import { computePlan, MARK, type Observed } from '../../engine/index.ts';
import { importText, importWorld } from './index.ts';

const built = afterCreations(
  emptyDaemon(),
  computePlan(world('mine', [crowd('pro', 1, 2)]), emptyDaemon()),
);
const english = (observed: Observed, projectName?: string) =>
  importText(importWorld(observed, { projectName }), ({ en }) => en);
const codes = (observed: Observed) => importWorld(observed).left.map(({ code }) => code);
const withMachine = (config: Record<string, string>): Observed => ({
  ...built,
  instances: built.instances.map((one, i) =>
    i === 0 ? { ...one, config: { ...one.config, ...config } } : one,
  ),
});

it('P16-24: writes what a reader would have written, and no more', () => {
  const [, file] = english(built).split('\n---\n');
  expect(file).toBe(`project_name: mine
global:
  base_subnet: "10.199"
  default_os_image: probe
domains:
  pro:
    description: domain pro
    subnet_id: 1
    ephemeral: true
    machines:
      pro-1:
        ip: 10.199.1.1
      pro-2:
        ip: 10.199.1.2
`);
});

it('P16-24: tells what was set by hand, and does not declare it', () => {
  const observed = withMachine({ 'limits.cpu': '3' });
  expect(codes(observed)).toContain('set-by-hand');
  expect(english(observed)).toContain('#  - instance:pro/pro-1: set by hand in Incus');
  expect(english(observed)).not.toContain('limits.cpu: ');
});

it('leaves the machines of another infrastructure out, and asks which one where there are several', () => {
  const observed = withMachine({ [MARK.project]: 'theirs' });
  expect(() => importWorld(observed)).toThrow(/several infrastructures/);
  expect(english(observed, 'mine')).not.toContain('pro-1:\n');
  expect(english(observed, 'mine')).toContain("belongs to the infrastructure 'theirs'");
});

it('lets nothing from the daemon break out of a comment', () => {
  const hostile = withMachine({ 'user.a\nproject_name: evil': 'x' });
  const text = english(hostile);
  expect(text).not.toMatch(/^project_name: evil/m);
  for (const line of text.slice(0, text.indexOf('\n---\n')).split('\n')) expect(line).toMatch(/^#/);
});

/** Domains of one machine whose bridges lie at these addresses. */
function lyingAt(addresses: Readonly<Record<string, string>>): Observed {
  const names = Object.keys(addresses);
  const desired = world(
    'mine',
    names.map((name, at) => crowd(name, at, 1)),
  );
  const daemon = afterCreations(emptyDaemon(), computePlan(desired, emptyDaemon()));
  const start = (name: string) => (addresses[name] ?? '').replace(/254\/24$/, '');
  return {
    ...daemon,
    networks: daemon.networks.map((one) => {
      const address = addresses[one.config[MARK.domain] ?? ''] ?? '';
      return { ...one, config: { ...one.config, 'ipv4.address': address } };
    }),
    instances: daemon.instances.map((one) => {
      const eth0 = { ...one.devices.eth0, 'ipv4.address': `${start(one.project)}7` };
      return { ...one, devices: { ...one.devices, eth0 } };
    }),
  };
}

it('P16-24: networks by trust level are declared so, with the levels that the addresses tell', () => {
  const observed = lyingAt({
    safe: '10.120.0.254/24',
    work: '10.130.4.254/24',
    wild: '10.160.2.254/24',
  });
  const { document } = importWorld(observed);
  expect(document).toMatchObject({
    global: { addressing: { base_octet: 10, zone_base: 120 } },
    domains: {
      safe: { subnet_id: 0, trust_level: 'admin', machines: { 'safe-1': { ip: '10.120.0.7' } } },
      work: { subnet_id: 4, trust_level: 'trusted' },
      wild: { subnet_id: 2, trust_level: 'untrusted' },
    },
  });
  expect(codes(observed)).toContain('trust-by-address');
  expect(codes(observed)).not.toContain('subnet-not-expressible');
  expect(english(observed)).not.toContain('does not know of trust levels');
});

it('an address stands in the file only where the file can say in which network it is', () => {
  const observed = lyingAt({
    one: '10.100.1.254/24',
    two: '10.100.2.254/24',
    odd: '192.168.255.254/24',
    wide: '10.9.0.254/16',
  });
  const { document } = importWorld(observed);
  const { domains, global } = document as { domains: Record<string, object>; global: object };
  expect(global).toMatchObject({ base_subnet: '10.100' });
  expect(domains.one).toMatchObject({ subnet_id: 1, machines: { 'one-1': { ip: '10.100.1.7' } } });
  for (const [name, machine] of [
    ['odd', 'odd-1'],
    ['wide', 'wide-1'],
  ] as const) {
    expect(domains[name]).not.toHaveProperty('subnet_id');
    expect(domains[name]).toHaveProperty(['machines', machine]);
    expect(domains[name]).not.toHaveProperty(['machines', machine, 'ip']);
  }
  expect(codes(observed).filter((code) => code === 'subnet-not-expressible')).toHaveLength(2);
});
