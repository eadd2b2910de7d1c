import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anklume } from '../integration/support.ts';
import { killsOf, SEED } from './form.ts';
import { killDaemon, restartDaemon } from './kill-daemon.ts';
import { seeded } from './seeded.ts';
import { Tally } from './tally.ts';
import { declare, faultProject, worldOf } from './world.ts';

const KILLS = killsOf('ANKLUME_FAULT_DAEMON_KILLS', 5, 15);

describe(`the daemon killed with SIGKILL at ${KILLS} moments of an apply (seed ${SEED})`, () => {
  let root: string;
  let done: () => PromiseLike<void>;
  let wanted: unknown;
  let duration = 0;
  const tally = new Tally();
  const random = seeded(SEED);
  const apply = () => anklume(['apply', '--yes', '--prune'], { cwd: root });

  const settle = async (full: boolean) => {
    await declare(root, full);
    await anklume(['sync', '--delete-orphans'], { cwd: root });
    const start = performance.now();
    const result = await apply();
    expect(result.code, result.stderr).toBe(0);
    duration = performance.now() - start;
  };

  beforeAll(async () => {
    const project = await faultProject();
    root = project.root;
    done = () => project[Symbol.asyncDispose]();
    await settle(true);
    wanted = await worldOf();
  });

  afterAll(() => {
    console.log(tally.table(SEED));
    return done();
  });

  it.each(Array.from({ length: KILLS }, (_, index) => index))(
    'kill %i: told, and the next apply converges',
    async () => {
      await settle(false);
      await declare(root, true);
      await anklume(['sync'], { cwd: root });
      const running = apply();
      const moment = Math.round((0.15 + 0.8 * random()) * duration);
      await sleep(moment);
      await killDaemon();
      const converged = tally.killed('apply, its daemon killed', 'building');
      await restartDaemon();

      // It may have come through or not; it must end by itself and explain what it could not do.
      const first = await running;
      expect(first.signal).toBeNull();
      expect([0, 1, 4], first.stderr).toContain(first.code);
      expect(first.stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);

      const second = await apply();
      expect(second.code, `daemon killed after ${moment} ms:\n${second.stderr}`).toBe(0);
      expect(await worldOf(), `daemon killed after ${moment} ms`).toEqual(wanted);
      converged();
    },
  );
});
