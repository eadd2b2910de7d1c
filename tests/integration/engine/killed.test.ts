import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { applyDesired, awaitedOf, planFor, waitForAddresses } from '../../../src/engine/index.ts';
import { probeImage } from '../../../src/images/index.ts';
import { connect, type Incus } from '../../../src/incus/index.ts';
import { deleteSandbox, type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { run } from '../../../src/system/index.ts';
import { killDaemon } from '../killed-daemon.ts';
import { uniqueName } from '../support.ts';
import { crowd, world } from './world.ts';

const name = uniqueName('killed-');
let sandbox: Sandbox;
let incus: Incus;

beforeAll(async () => {
  process.env.ANKLUME_HOME = inject('home');
  sandbox = await startSandbox(name);
  await cli('image', 'import', await probeImage(), '--alias', 'probe', '--quiet');
  incus = await connect({ socket: sandbox.socket });
});
afterAll(async () => {
  await incus.close();
  await deleteSandbox(name);
});

async function cli(...args: string[]): Promise<string> {
  return (await run(['incus', ...args], { env: { INCUS_DIR: sandbox.incusDir } })).stdout;
}

async function running(project: string): Promise<number> {
  const all = JSON.parse(await cli('list', '--project', project, '--format', 'json')) as {
    status: string;
  }[];
  return all.filter((one) => one.status === 'Running').length;
}

describe('a daemon that is killed while machines are made', () => {
  it.each([60, 300, 900, 1900])(
    'and comes back: the same run goes on after %i ms and misses nothing',
    async (delay) => {
      const domain = `k${delay}`;
      const desired = world('killed', [crowd(domain, delay / 10, 8, { ephemeral: false })]);
      const work = applyDesired(desired, incus, { host: sandbox.host });
      await pause(delay);
      await killDaemon(sandbox);
      sandbox = await startSandbox(name);
      const { outcomes } = await work;
      expect(outcomes.filter((one) => one.result !== 'done')).toEqual([]);
      expect(await running(domain)).toBe(8);
      const ready = await waitForAddresses(incus, awaitedOf(desired), { containerSeconds: 30 });
      expect(ready.filter((one) => !one.ready)).toEqual([]);
      expect((await planFor(desired, incus)).entries).toEqual([]);
    },
  );

  it.each([1000])(
    'and stays away: the run tells what is missing after %i ms, and the next one converges',
    async (delay) => {
      const domain = `g${delay}`;
      const desired = world('killed', [crowd(domain, delay / 10 + 1, 8, { ephemeral: false })]);
      const stop = new AbortController();
      const work = applyDesired(desired, incus, { host: sandbox.host, signal: stop.signal });
      await pause(delay);
      stop.abort();
      await killDaemon(sandbox);
      const report = await work;
      expect(report.done).toBeLessThan(report.outcomes.length);
      expect(report.failed + report.skipped + report.done).toBe(report.outcomes.length);
      sandbox = await startSandbox(name);
      const next = await applyDesired(desired, incus, { host: sandbox.host });
      expect(next.outcomes.filter((one) => one.result !== 'done')).toEqual([]);
      expect(await running(domain)).toBe(8);
      expect((await planFor(desired, incus)).entries).toEqual([]);
    },
  );
});
