import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { probeImage } from '../../../src/images/index.ts';
import {
  deleteSandbox,
  type Sandbox,
  startSandbox,
  statusOf,
  stopSandbox,
} from '../../../src/sandbox/index.ts';
import { anklume, uniqueName } from '../support.ts';
import { leftovers, tracesOf } from './world.ts';

let home: string;
let name: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), `anklume-test-${process.pid}-`));
  process.env.ANKLUME_HOME = home;
  name = uniqueName('kill-');
});
afterAll(async () => {
  await deleteSandbox(name);
  await rm(home, { recursive: true, force: true });
});

/** Kills the tool in the middle of a command; says whether it was still at work. */
async function killed(words: string[], killAfter: number): Promise<boolean> {
  const { signal } = await anklume(['sandbox', ...words, name], {
    env: { ANKLUME_HOME: home },
    killAfter,
  });
  return signal === 'SIGKILL';
}

function incus(sandbox: Sandbox, ...args: string[]) {
  return run(['incus', ...args], { env: { INCUS_DIR: sandbox.incusDir } });
}

// Matrix: NE-301
it('the tool killed at many moments of a start: status heals, and the next start works', async () => {
  const { length } = await hits(async (moment) => {
    const wasKilled = await killed(['start'], moment);
    await statusOf(name);
    const sandbox = await startSandbox(name);
    const pools = await incus(sandbox, 'storage', 'list', '--format', 'csv');
    expect(pools.stdout).toContain('default,btrfs');
    const traces = await tracesOf(sandbox);
    await deleteSandbox(name);
    expect(await leftovers(name, traces)).toEqual([]);
    return wasKilled;
  });
  expect(length).toBeGreaterThan(2);
});

it('the tool killed at many moments of a start: a stop alone leaves nothing', async () => {
  const { length } = await hits(async (moment) => {
    const wasKilled = await killed(['start'], moment);
    await stopSandbox(name);
    const folder = join(home, 'sandboxes', name);
    expect(
      await leftovers(name, {
        folder,
        namespaces: [],
        ticks: Infinity,
        poolInodes: [],
        link: 'none',
      }),
    ).toEqual([]);
    return wasKilled;
  });
  expect(length).toBeGreaterThan(2);
});

it('the tool killed at many moments of a stop: the next stop leaves nothing, the next start finds the machine', async () => {
  await deleteSandbox(name);
  const first = await startSandbox(name);
  await incus(first, 'image', 'import', '--quiet', await probeImage(), '--alias', 'probe');
  await incus(first, 'launch', 'probe', 'one', '-s', 'default', '--quiet');
  const { length } = await hits(async (moment) => {
    const sandbox = await startSandbox(name);
    const traces = await tracesOf(sandbox);
    const wasKilled = await killed(['stop'], moment);
    await stopSandbox(name);
    expect(await leftovers(name, traces)).toEqual([]);
    return wasKilled;
  });
  expect(length).toBeGreaterThan(2);
  const list = await incus(await startSandbox(name), 'list', '--format', 'csv', '--columns', 'n');
  expect(list.stdout.trim()).toBe('one');
});

/** Runs `round` for moments from 100 ms on until the command was quicker than the kill; gives the moments that hit. */
async function hits(round: (moment: number) => Promise<boolean>): Promise<number[]> {
  const found: number[] = [];
  for (let moment = 100; moment <= 3000; moment = Math.round(moment * 1.35)) {
    if (!(await round(moment))) break;
    found.push(moment);
  }
  return found;
}
