import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Plan, PlanEntry } from '../../engine/index.ts';
import type { Incus } from '../../incus/index.ts';
import type { Ended } from './concerned.ts';
import { spreadNet } from './net.ts';
import { History } from './store.ts';

const before = process.env.ANKLUME_HOME;
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'anklume-net-'));
  process.env.ANKLUME_HOME = home;
});

afterEach(async () => {
  if (before === undefined) delete process.env.ANKLUME_HOME;
  else process.env.ANKLUME_HOME = before;
  await rm(home, { recursive: true, force: true });
});

const entries = ['project:a', 'network:net-a', 'instance:a/one'].map((id) => ({
  id,
  kind: id.split(':')[0],
  action: 'create',
})) as unknown as PlanEntry[];
const plan: Plan = { projectName: 'x', entries, unchanged: 0, orphans: [], notes: [] };
const about = {
  // Not asked for anything where no machine has something to lose.
  incus: {} as Incus,
  where: 'here',
  projectName: 'x',
  plan,
  places: [],
  skip: false,
  files: [],
};
const done = (id: string, action: Ended['action']): Ended => ({ id, action, result: 'done' });
const listening = { emit: () => {}, signal: new AbortController().signal };
const written = async () => (await new History('x', 'here').list()).at(-1);

describe('the numbers of a generation', () => {
  it('are those that were meant while it runs, and those that were done in the end', async () => {
    const net = await spreadNet(about, listening);
    expect(await written()).toMatchObject({ state: 'begun', counts: { created: 3 } });
    await net.finish({ failed: 0, skipped: 2 }, [done('project:a', 'create')]);
    const counts = { created: 1, changed: 0, removed: 0 };
    expect(await written()).toMatchObject({ state: 'failed', counts });
  });

  it('are none where the run ended before the first change', async () => {
    const ended = AbortSignal.abort();
    const places = [{ domain: 'a', machine: 'one', instance: 'one', project: 'a' }];
    await expect(
      spreadNet({ ...about, places }, { ...listening, signal: ended }),
    ).rejects.toMatchObject({ code: 'interrupted', exit: 130 });
    const counts = { created: 0, changed: 0, removed: 0 };
    expect(await written()).toMatchObject({ state: 'failed', counts });
  });

  it('go on from those of a run that had come to an end', async () => {
    const target = { shape: 1, since: 2 };
    const first = await spreadNet({ ...about, rollback: { target } }, listening);
    const did = [done('instance:a/one', 'update'), done('network:net-a', 'create')];
    await first.finish({ failed: 1, skipped: 0 }, did);
    const resumes = await written();
    const again = { ...about, rollback: { target, ...(resumes && { resumes }) } };
    const net = await spreadNet(again, listening);
    const more = [done('instance:a/two', 'delete'), done('profile:a/x', 'create')];
    await net.finish({ failed: 1, skipped: 0 }, more);
    const counts = { created: 2, changed: 1, removed: 1 };
    expect(await written()).toMatchObject({ number: 1, counts });
  });

  it('names as removed what did not stay', async () => {
    const leaving = ['instance:a/one', 'instance:a/two'].map((id) => ({
      ...{ id, kind: 'instance', action: 'delete' },
    })) as unknown as PlanEntry[];
    const net = await spreadNet({ ...about, plan: { ...plan, entries: leaving } }, listening);
    expect(await written()).toMatchObject({ removed: ['instance:a/one', 'instance:a/two'] });
    await net.finish({ failed: 1, skipped: 0 }, [
      { id: 'instance:a/one', action: 'delete', result: 'failed' },
      done('instance:a/two', 'delete'),
    ]);
    expect(await written()).toMatchObject({ removed: ['instance:a/two'], counts: { removed: 1 } });
  });
});
