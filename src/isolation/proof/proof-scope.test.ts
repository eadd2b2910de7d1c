import { describe, expect, it } from 'vitest';
import { desiredWorld } from '../../../tests/integration/network/world.ts';
import { allowedFlows } from '../model/flows.ts';
import { probeEnds } from './packets.test-kit.ts';
import { planProbes } from './probes.ts';
import { isAskedFor, triedMachines } from './proof-scope.ts';

/** Two domains of `count` machines each; the policies name the last of the first. */
function worldOf(count: number) {
  const names = (domain: string) =>
    Array.from({ length: count }, (_, index) => `${domain}${String(index).padStart(3, '0')}`);
  const last = names('a').at(-1) ?? '';
  const desired = desiredWorld(
    60,
    [
      { name: 'a', machines: names('a') },
      { name: 'b', machines: names('b') },
    ],
    [{ from: last, to: 'b', ports: [443] }],
  );
  const machines = probeEnds(desired);
  return { model: allowedFlows(desired), machines, last };
}

const quick = { depth: 'quick' } as const;

describe('how much a proof tries', () => {
  it('B06-15: a quick one of a domain with many machines tries no more than of one with few', () => {
    const [few, many] = [worldOf(5), worldOf(60)].map(({ model, machines }) => {
      const tried = triedMachines(model, machines, quick);
      return { names: tried.map(({ name }) => name), probes: planProbes(model, tried).length };
    });
    expect(few?.names).toEqual(['a000', 'a001', 'a004', 'b000', 'b001']);
    expect(many?.names).toEqual(['a000', 'a001', 'a059', 'b000', 'b001']);
    expect(many?.probes).toBe(few?.probes);
  });

  it('a full one tries all', () => {
    const { model, machines } = worldOf(5);
    expect(triedMachines(model, machines, { depth: 'full' })).toEqual(machines);
  });

  it('B06-15: what a limit names is always among them, and only its packets are tried', () => {
    const { model, machines } = worldOf(5);
    const scope = { ...quick, machines: new Set(['b003']) };
    const tried = triedMachines(model, machines, scope);
    expect(tried.map(({ name }) => name)).toContain('b003');
    const probes = planProbes(model, tried).filter((probe) => isAskedFor(scope, probe));
    expect(probes.length).toBeGreaterThan(0);
    expect(probes.every(({ from, to }) => from === 'b003' || to === 'b003')).toBe(true);
    expect(isAskedFor(scope, { from: 'b003:eth1', to: 'a000' })).toBe(true);
    expect(isAskedFor(quick, { from: 'a000', to: 'a001' })).toBe(true);
  });
});
