import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Emit } from '../../../src/base/messages/index.ts';
import { run } from '../../../src/base/system/index.ts';
import {
  applyDesired,
  awaitedOf,
  type ExecuteOptions,
  planFor,
  waitForAddresses,
} from '../../../src/engine/index.ts';
import { probeImage } from '../../../src/images/index.ts';
import { connect, type Incus } from '../../../src/incus/index.ts';
import { deleteSandbox, type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import type { Desired } from '../../../src/world/tree/index.ts';
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

/** How many run, each as users of its own: what was made again may have none left, and be root of the host. */
async function running(project: string): Promise<number> {
  const all = JSON.parse(await cli('list', '--project', project, '--format', 'json')) as {
    status: string;
    config: Record<string, string>;
  }[];
  const users = all.map(({ config }) => config['volatile.idmap.current']);
  expect(new Set(users).size).toBe(all.length);
  expect(users).not.toContain('[]');
  return all.filter((one) => one.status === 'Running').length;
}

/** Begins to apply, and settles once the first step of that kind has begun. */
async function begun(
  desired: Desired,
  kind: 'network' | 'instance',
  options: Pick<ExecuteOptions, 'patience'> = {},
) {
  let tell = () => {};
  const first = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const emit: Emit = (event) => {
    if (event.type === 'step.started' && event.id.startsWith(`${kind}:`)) tell();
  };
  const work = applyDesired(desired, incus, { host: sandbox.host, emit, ...options });
  await Promise.race([first, work]);
  return { work };
}

describe('a daemon that is killed while machines are made', () => {
  it.each([
    ['network', 60],
    ['network', 400],
    ['instance', 60],
    ['instance', 700],
  ] as const)(
    'and comes back: the same run goes on, %s + %i ms, and misses nothing',
    async (kind, delay) => {
      const domain = `k${kind[0]}${delay}`;
      const subnet = delay / 10 + kind.length;
      const desired = world('killed', [crowd(domain, subnet, 8, { ephemeral: false })]);
      const { work } = await begun(desired, kind);
      await pause(delay);
      await killDaemon(sandbox);
      sandbox = await startSandbox(name);
      const { outcomes } = await work;
      expect(outcomes.filter((one) => one.result !== 'done')).toEqual([]);
      expect(await running(domain)).toBe(8);
      const ready = await waitForAddresses(incus, awaitedOf(desired), { containerSeconds: 90 });
      expect(ready.filter((one) => !one.ready)).toEqual([]);
      expect(await planFor(desired, incus)).toMatchObject({ entries: [], notes: [] });
    },
  );

  it.each(['network', 'instance'] as const)(
    'and stays away: the run tells what is missing, %s, and the next one converges',
    async (kind) => {
      const domain = `g${kind[0]}`;
      const desired = world('killed', [crowd(domain, kind.length, 8, { ephemeral: false })]);
      const { work } = await begun(desired, kind, { patience: 1 });
      await killDaemon(sandbox);
      const report = await work;
      const left = report.outcomes.filter(({ result }) => result !== 'done');
      expect(left).toHaveLength(report.failed + report.skipped);
      expect(left.map(({ id }) => id)).toContain(`instance:${domain}/${domain}-8`);
      expect(report.failed).toBeGreaterThan(0);
      sandbox = await startSandbox(name);
      const next = await applyDesired(desired, incus, { host: sandbox.host });
      expect(next.outcomes.filter((one) => one.result !== 'done')).toEqual([]);
      expect(await running(domain)).toBe(8);
      expect(await planFor(desired, incus)).toMatchObject({ entries: [], notes: [] });
    },
  );
});
