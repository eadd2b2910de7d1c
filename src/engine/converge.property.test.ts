import fc from 'fast-check';
import { expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../tests/integration/engine/sample-daemon.ts';
import { domain, machine, world } from '../../tests/integration/engine/world.ts';
import type { Desired } from '../world/tree/index.ts';
import { computePlan } from './compute-plan.ts';
import type { Plan } from './plan.ts';

const config = fc.dictionary(
  fc.constantFrom('limits.cpu', 'limits.memory', 'security.nesting', 'user.note', 'boot.autostart'),
  fc.constantFrom('1', 'true', '2GiB', '', 'no', 'a, b'),
);
const volume = fc.record({
  name: fc.constantFrom('data', 'logs'),
  path: fc.constant('/srv'),
  config: fc.constant({}),
});

/** Worlds of up to four domains with up to five machines, some names and keys in common. */
const worlds: fc.Arbitrary<Desired> = fc
  .array(
    fc.array(fc.record({ config, ephemeral: fc.boolean(), gpu: fc.boolean(), volume }), {
      maxLength: 5,
    }),
    { maxLength: 4 },
  )
  .map((domains) =>
    world(
      'mine',
      domains.map((machines, d) =>
        domain(
          `d${d}`,
          d + 1,
          machines.map(({ volume: one, ...rest }, m) =>
            machine(`d${d}`, `d${d}-m${m}`, `10.199.${d + 1}.${m + 1}`, {
              ...rest,
              volumes: [one],
            }),
          ),
          { profiles: [{ name: 'extra', config: { 'limits.cpu': '2' }, devices: {} }] },
        ),
      ),
    ),
  );

const settings = { seed: 20260801, numRuns: 60 };

it('P02-08: whatever the world, a second plan after the first is empty', () => {
  fc.assert(
    fc.property(worlds, (desired) => {
      const first = computePlan(desired, emptyDaemon());
      const second = computePlan(desired, afterCreations(emptyDaemon(), first));
      expect(second.entries).toEqual([]);
      expect(second.unchanged).toBe(first.entries.length + first.unchanged);
      expect(second.orphans).toEqual([]);
    }),
    settings,
  );
});

it('nobody waits for himself, and only for entries of the plan', () => {
  fc.assert(
    fc.property(worlds, worlds, fc.boolean(), (before, after, prune) => {
      const observed = afterCreations(emptyDaemon(), computePlan(before, emptyDaemon()));
      const plan = computePlan(after, observed, { prune });
      expect(order(plan)).toHaveLength(plan.entries.length);
    }),
    settings,
  );
});

it('what is pruned is exactly what is no longer declared and not protected', () => {
  fc.assert(
    fc.property(worlds, worlds, (before, after) => {
      const observed = afterCreations(emptyDaemon(), computePlan(before, emptyDaemon()));
      const plan = computePlan(after, observed, { prune: true });
      const declared = new Set(computePlan(after, emptyDaemon()).entries.map((entry) => entry.id));
      const removed = plan.entries.filter((entry) => entry.action === 'delete');
      const orphans = new Map(plan.orphans.map((orphan) => [orphan.id, orphan]));
      for (const { id } of removed) {
        expect(declared.has(id)).toBe(false);
        expect(orphans.get(id)?.protected).toBe(false);
      }
    }),
    settings,
  );
});

/** The entries in an order in which each comes after those it needs; shorter than the plan when there is none. */
function order(plan: Plan): string[] {
  const done = new Set<string>();
  for (let grown = true; grown; ) {
    const next = plan.entries.filter(
      (entry) => !done.has(entry.id) && entry.needs.every((need) => done.has(need)),
    );
    for (const entry of next) done.add(entry.id);
    grown = next.length > 0;
  }
  return [...done];
}
