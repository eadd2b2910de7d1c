import { mkdtemp, rename, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import {
  deleteSandbox,
  type Sandbox,
  startSandbox,
  statusOf,
  stopSandbox,
} from '../../../src/sandbox/index.ts';
import { daemonOf, killDaemon } from '../killed-daemon.ts';
import { uniqueName } from '../support.ts';

// What a start leaves that is killed while the daemon makes its storage pool.

let home: string;
let name: string;
let sandbox: Sandbox;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), `anklume-test-${process.pid}-`));
  process.env.ANKLUME_HOME = home;
  name = uniqueName('pool-');
  sandbox = await startSandbox(name);
});
afterAll(async () => {
  await deleteSandbox(name);
  await rm(home, { recursive: true, force: true });
});

async function incus(...args: string[]): Promise<string> {
  return (await run(['incus', ...args], { env: { INCUS_DIR: sandbox.incusDir } })).stdout;
}

async function poolStatus(): Promise<string> {
  const pools = JSON.parse(await incus('storage', 'list', '--format', 'json'));
  return pools
    .map((pool: { name: string; status: string }) => `${pool.name} ${pool.status}`)
    .join();
}

/** Asks for the pool as a start does, and hangs up after `moment` milliseconds: what a killed tool's socket does. */
async function hangUpOnPool(moment: number): Promise<void> {
  await incus('storage', 'delete', 'default');
  const { socket: socketPath } = sandbox;
  const asked = request({
    socketPath,
    path: '/1.0/storage-pools',
    method: 'POST',
    agent: false,
  });
  asked.on('error', () => undefined);
  asked.end(JSON.stringify({ name: 'default', driver: 'btrfs', config: { size: '4GiB' } }));
  await pause(moment);
  asked.destroy();
}

it.each([2, 5, 12, 30])(
  'a pool whose client has gone after %i ms, and that the daemon is about to take back, is not counted on',
  async (moment) => {
    await hangUpOnPool(moment);
    sandbox = await startSandbox(name);
    expect(await poolStatus()).toBe('default Created');
    await pause(500);
    expect(await poolStatus()).toBe('default Created');
  },
);

it('a pool whose daemon was killed while it made it is made again', async () => {
  const pid = await daemonOf(sandbox);
  await hangUpOnPool(5);
  await killDaemon(sandbox, pid);
  sandbox = await startSandbox(name);
  expect(await poolStatus()).toBe('default Created');
});

it('a pool that is out of reach and holds something is left as it is', async () => {
  await incus('storage', 'volume', 'create', 'default', 'kept', '--quiet');
  const disk = join(sandbox.folder, 'incus/disks/default.img');
  await stopSandbox(name);
  await rename(disk, `${disk}.away`);
  // losetup(8) would take the device of any other sandbox, all of whose files have this name inside.
  await expect(startSandbox(name)).rejects.toMatchObject({ code: 'sandbox-storage' });
  expect(await statusOf(name)).toMatchObject({ running: false });
  await rename(`${disk}.away`, disk);
  sandbox = await startSandbox(name);
  expect(await poolStatus()).toBe('default Created');
  expect(await incus('storage', 'volume', 'list', 'default', '--format', 'csv')).toContain('kept');
});
