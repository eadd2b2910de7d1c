import { describe, expect, it } from 'vitest';
import { desiredWorld } from '../../../tests/integration/network/world.ts';
import { allowedFlows } from '../model/flows.ts';
import { probeEnds } from './packets.test-kit.ts';
import { planProbes } from './probes.ts';

const desired = desiredWorld(
  60,
  [
    { name: 'a', machines: ['a1', 'a2'] },
    { name: 'b', machines: ['b1'] },
  ],
  [
    { from: 'a', to: 'b1', ports: [47001, 80] },
    { from: 'b', to: 'host', ports: [67], protocol: 'udp' },
    { from: 'b', to: 'a', ports: Array.from({ length: 500 }, (_, index) => 10_000 + index) },
  ],
);
const machines = probeEnds(desired);
const probes = planProbes(allowedFlows(desired), machines);
const between = (from: string, to: string) =>
  probes.filter((probe) => probe.from === from && probe.to === to);

describe('planned probes', () => {
  // Matrix: PR-104
  it('cover every ordered pair, every gateway and the host, each end but itself', () => {
    const ends = new Set(probes.map(({ from, to }) => `${from} ${to}`));
    expect(ends.size).toBe(3 * 2 + 3 * 2 + 3);
    expect(ends).toContain('host b1');
    expect(ends).toContain('a1 gateway:b');
  });

  it('try ping, a port that no policy names, and the ports of the policies, the same in both directions', () => {
    const tried = between('a1', 'b1').map(({ protocol, port }) => `${protocol} ${port ?? ''}`);
    expect(tried.slice(0, 5)).toEqual(['icmp ', 'tcp 47002', 'udp 47002', 'tcp 80', 'tcp 47001']);
    expect(between('b1', 'a1').map(({ protocol, port }) => `${protocol} ${port ?? ''}`)).toEqual(
      tried,
    );
  });

  it('try the lowest and highest of many ports and few between', () => {
    const ports = between('b1', 'a1').flatMap(({ port }) => (port && port >= 10_000 ? [port] : []));
    expect(ports.filter((port) => port < 11_000)).toHaveLength(8);
    expect(ports).toContain(10_000);
    expect(ports).toContain(10_499);
  });

  it('expect what the policies say', () => {
    const expected = (from: string, to: string, port: number) =>
      between(from, to).find((probe) => probe.port === port && probe.protocol === 'tcp')?.expected;
    expect(expected('a1', 'b1', 80)).toBe(true);
    expect(expected('b1', 'a1', 80)).toBe(false);
    expect(expected('a1', 'a2', 80)).toBe(true);
    expect(expected('b1', 'a2', 10_499)).toBe(true);
    expect(expected('a1', 'gateway:a', 53)).toBe(true);
    expect(expected('a1', 'gateway:b', 53)).toBe(false);
  });

  it('give no nonsense to a DHCP server', () => {
    const toDhcp = probes.filter(({ to, port }) => to.startsWith('gateway:') && port === 67);
    expect(toDhcp).toEqual([]);
  });
});
