import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anklume } from '../integration/support.ts';
import { killsOf, SEED } from './form.ts';
import { seeded } from './seeded.ts';
import { Tally } from './tally.ts';
import { declare, faultProject, worldOf } from './world.ts';

/** Kill points of one run; half fall while building, half while removing. The long run takes more. */
const KILLS = killsOf('ANKLUME_FAULT_KILLS', 20, 50);

describe(`apply killed with SIGKILL at ${KILLS} moments (seed ${SEED})`, () => {
  let root: string;
  let done: () => PromiseLike<void>;
  const tally = new Tally();
  const random = seeded(SEED);
  const wanted: { full?: unknown; none?: unknown } = {};
  const durations = { full: 0, none: 0 };

  const apply = (killAfter?: number) =>
    anklume(['apply', '--yes', '--prune'], { cwd: root, ...(killAfter && { killAfter }) });

  /** Moves to the other world without being disturbed; gives the milliseconds that took. */
  const settle = async (full: boolean): Promise<number> => {
    await declare(root, full);
    expect((await anklume(['sync', '--delete-orphans'], { cwd: root })).code).toBe(0);
    const start = performance.now();
    const result = await apply();
    expect(result.code, result.stderr).toBe(0);
    return performance.now() - start;
  };

  beforeAll(async () => {
    const project = await faultProject();
    root = project.root;
    done = () => project[Symbol.asyncDispose]();
    durations.full = await settle(true);
    wanted.full = await worldOf();
    durations.none = await settle(false);
    wanted.none = await worldOf();
  });

  afterAll(() => {
    console.log(tally.table(SEED));
    return done();
  });

  // Matrix: AP-303
  it.each(Array.from({ length: KILLS }, (_, index) => index))(
    'kill %i: the next apply converges',
    async (index) => {
      const full = index % 2 === 0;
      await declare(root, full);
      await anklume(['sync', '--delete-orphans'], { cwd: root });
      const moment = Math.max(1, Math.round(random() * durations[full ? 'full' : 'none']));
      const { signal } = await apply(moment);
      const where = signal === null ? 'had ended by then' : full ? 'building' : 'removing';
      const converged = tally.killed('apply', where);

      const second = await apply();
      expect(second.code, `killed after ${moment} ms:\n${second.stderr}`).toBe(0);
      expect(await worldOf(), `killed after ${moment} ms`).toEqual(
        full ? wanted.full : wanted.none,
      );
      const third = await anklume(['plan', '--exit-code', '--prune'], { cwd: root });
      expect(third.code, third.stdout).toBe(0);
      converged();
    },
  );
});
