import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connect } from '../incus/index.ts';
import { executePlan } from './execute.ts';
import type { Plan, PlanEntry } from './plan.ts';

it('a run whose daemon stays away ends after one patience, however much there was to do, and tells all of it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gone-'));
  const incus = await connect({ socket: join(folder, 'unix.socket') });
  const entries = Array.from(
    { length: 200 },
    (_, index): PlanEntry => ({
      action: 'create',
      kind: 'instance',
      id: `instance:pro/m${index}`,
      project: 'pro',
      name: `m${index}`,
      needs: [],
      reason: { en: 'missing', fr: 'absente' },
      changes: [],
      body: { config: {}, devices: {} },
    }),
  );
  const plan: Plan = { projectName: 'mine', entries, notes: [], orphans: [], unchanged: 0 };
  try {
    const begun = performance.now();
    const { outcomes, ...counts } = await executePlan(plan, incus, { patience: 1, concurrency: 4 });
    // With a patience for each, it would be fifty seconds.
    expect(performance.now() - begun).toBeLessThan(25_000);
    expect(counts).toMatchObject({ done: 0, failed: 4, skipped: 196 });
    expect(new Set(outcomes.map(({ result, code }) => `${result} ${code}`))).toEqual(
      new Set(['failed incus-missing', 'skipped daemon-gone']),
    );
  } finally {
    await incus.close();
    await rm(folder, { recursive: true, force: true });
  }
});
