import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ProbeMachine, removeRules } from '../../../src/isolation/index.ts';
import { incusCli, uniqueName } from '../support.ts';
import { createWorld, deployWorld, removeWorld, sandboxHost, underFlood } from './real-world.ts';
import { desiredWorld } from './world.ts';

const tag = uniqueName('c');
const [one, two, three, later] = [`${tag}a`, `${tag}b`, `${tag}c`, `${tag}d`];
const domains = [
  { name: one, machines: [`${one}-1`, `${one}-2`] },
  { name: two, machines: [`${two}-1`, `${two}-2`] },
  { name: three, machines: [`${three}-1`, `${three}-2`] },
];
const policies = [
  { from: `${one}-1`, to: `${two}-1`, protocol: 'udp' as const, ports: [51820] },
  { from: `${one}-2`, to: `${two}-1`, ports: [7070] },
];
const desired = desiredWorld(74, domains, policies);
const grown = desiredWorld(
  74,
  [...domains, { name: later, machines: [`${later}-1`] }],
  [...policies, { from: later, to: three }],
);
const restarted = `${three}-2`;
let machines: readonly ProbeMachine[] = [];

beforeAll(async () => {
  machines = await createWorld(desired);
  await deployWorld(desired);
});
afterAll(async () => {
  await removeRules(sandboxHost());
  await removeWorld(grown);
});

it('P08-09: while a domain comes and goes and a machine restarts, nothing crosses and nothing breaks', async () => {
  const streams = [
    ['closed', `${one}-1`, `${three}-1`, 7000],
    ['closed, other way', `${three}-1`, `${one}-1`, 7000],
    ['against the policy', `${two}-1`, `${one}-1`, 51820],
    ['same domain', `${one}-1`, `${one}-2`, 7000],
    ['policy', `${one}-1`, `${two}-1`, 51820],
    ['tcp by policy', `${one}-2`, `${two}-1`, 7070],
  ] as const;
  const counts = await underFlood(machines, streams, async () => {
    for (let round = 0; round < 3; round++) {
      const restart = incusCli('restart', restarted, '--force');
      expect(await deployWorld(grown)).toBe(true);
      const [bridge, card] = [`net-${later}`, `${later}-1`];
      await incusCli(
        'network',
        'create',
        bridge,
        'ipv4.address=10.74.3.254/24',
        'ipv6.address=none',
      );
      const place = ['--network', bridge, '--storage', 'default', '--quiet'];
      await incusCli('launch', 'probe', card, ...place);
      await incusCli('delete', '--force', card);
      await incusCli('network', 'delete', bridge);
      expect(await deployWorld(desired)).toBe(true);
      await restart;
    }
  });
  expect(counts.closed?.[0]).toBeGreaterThan(1000);
  for (const name of ['closed', 'closed, other way', 'against the policy'])
    expect(counts[name]?.[1], name).toBe(0);
  for (const name of ['same domain', 'policy', 'tcp by policy'])
    expect(counts[name]?.[1], name).toBe(counts[name]?.[0]);
});
