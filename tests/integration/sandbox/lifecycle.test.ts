import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { probeImage } from '../../../src/images/index.ts';
import {
  deleteSandbox,
  listSandboxes,
  type Sandbox,
  sandboxShell,
  startSandbox,
  statusOf,
  stopSandbox,
} from '../../../src/sandbox/index.ts';
import { run } from '../../../src/system/index.ts';
import { uniqueName } from '../support.ts';
import { leftovers, tracesOf } from './world.ts';

let home: string;
let name: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), `anklume-test-${process.pid}-`));
  process.env.ANKLUME_HOME = home;
  name = uniqueName('life-');
});
afterEach(async () => {
  process.env.ANKLUME_HOME = home;
  await deleteSandbox(name);
});
afterAll(() => rm(home, { recursive: true, force: true }));

function incus(sandbox: Sandbox, ...args: string[]) {
  return run(['incus', ...args], { env: { INCUS_DIR: sandbox.incusDir } });
}

describe('a sandbox', () => {
  // Matrix: NE-101
  it('starts with a daemon that answers and a btrfs pool, and is left alone when it runs', async () => {
    const first = await startSandbox(name);
    expect((await incus(first, 'storage', 'list', '--format', 'csv')).stdout).toContain('btrfs');
    const again = await startSandbox(name);
    expect(again).toEqual(first);
    expect(await statusOf(name)).toMatchObject({ running: true, holder: first.holder });
  });

  // Matrix: NE-103
  it('has nothing on this machine after a stop, and nothing at all after a delete', async () => {
    const sandbox = await startSandbox(name);
    await incus(sandbox, 'image', 'import', '--quiet', await probeImage(), '--alias', 'probe');
    await incus(sandbox, 'network', 'create', 'br', '--quiet');
    await incus(sandbox, 'launch', 'probe', 'one', '-s', 'default', '-n', 'br', '--quiet');
    const traces = await tracesOf(sandbox);
    expect(traces.poolInodes).toHaveLength(1);
    expect(await leftovers(name, traces)).not.toEqual([]);
    await stopSandbox(name);
    expect(await leftovers(name, traces)).toEqual([]);
    expect(await statusOf(name)).toMatchObject({ running: false });
    await deleteSandbox(name);
    expect(await statusOf(name)).toBeUndefined();
    expect(await listSandboxes()).toEqual([]);
  });

  // Matrix: NE-202
  it('finds the same machines and their data after a stop and a start', async () => {
    const sandbox = await startSandbox(name);
    await incus(sandbox, 'image', 'import', '--quiet', await probeImage(), '--alias', 'probe');
    await incus(sandbox, 'launch', 'probe', 'one', '-s', 'default', '--quiet');
    await incus(sandbox, 'init', 'probe', 'two', '-s', 'default', '--quiet');
    await incus(sandbox, 'exec', 'one', '--', 'sh', '-c', 'echo kept >/root/note');
    await stopSandbox(name);
    const again = await startSandbox(name);
    const list = await incus(again, 'list', '--format', 'csv', '--columns', 'ns');
    expect(list.stdout.trim().split('\n')).toEqual(['one,RUNNING', 'two,STOPPED']);
    expect((await incus(again, 'exec', 'one', '--', 'cat', '/root/note')).stdout.trim()).toBe(
      'kept',
    );
  });

  // Matrix: NE-304
  it('starts anew after its daemon was killed, with the machines still running', async () => {
    const sandbox = await startSandbox(name);
    await incus(sandbox, 'image', 'import', '--quiet', await probeImage(), '--alias', 'probe');
    await incus(sandbox, 'launch', 'probe', 'one', '-s', 'default', '--quiet');
    const pid = await daemonPid(sandbox);
    process.kill(pid, 'SIGKILL');
    const again = await startSandbox(name);
    expect(again.holder).toBe(sandbox.holder);
    expect(await daemonPid(again)).not.toBe(pid);
    const list = await incus(again, 'list', '--format', 'csv', '--columns', 'ns');
    expect(list.stdout.trim()).toBe('one,RUNNING');
  });

  it('stores on plain folders when asked, and keeps that choice', async () => {
    const sandbox = await startSandbox(name, { storage: 'dir' });
    expect((await incus(sandbox, 'storage', 'list', '--format', 'csv')).stdout).toContain('dir');
    await stopSandbox(name);
    expect(await startSandbox(name)).toMatchObject({ storage: 'dir' });
  });

  it('works from a home folder whose path is longer than a socket path may be', async () => {
    process.env.ANKLUME_HOME = join(home, 'x'.repeat(90));
    await mkdir(process.env.ANKLUME_HOME);
    const sandbox = await startSandbox(name);
    expect(Buffer.byteLength(sandbox.socket)).toBeLessThan(108);
    expect((await incus(sandbox, 'storage', 'list', '--format', 'csv')).stdout).toContain(
      'default',
    );
    const traces = await tracesOf(sandbox);
    await deleteSandbox(name);
    expect(await leftovers(name, traces)).toEqual([]);
  });

  it('has no way out without an uplink', async () => {
    const sandbox = await startSandbox(name);
    const routes = await run([...sandbox.host.enter, 'ip', 'route']);
    expect(routes.stdout.trim()).toBe('');
  });

  it('gives a shell whose incus command speaks to it', async () => {
    await startSandbox(name);
    const [program = '', ...args] = await sandboxShell(name, { SHELL: '/bin/sh' });
    const { stdout } = await run([program, ...args], {
      input: 'incus storage list -f csv; hostname\n',
    });
    expect(stdout).toContain('default,btrfs');
  });

  // Matrix: NE-303
  it('refuses a name that could mean something to a shell or a path', async () => {
    await expect(startSandbox('../x')).rejects.toMatchObject({ code: 'sandbox-name', exit: 2 });
    await expect(startSandbox('a;b')).rejects.toMatchObject({ code: 'sandbox-name' });
  });
});

/** The daemon's number on this machine, found by its folder in the process list. */
async function daemonPid(sandbox: Sandbox): Promise<number> {
  const log = join(sandbox.folder, 'incusd.log');
  const { stdout } = await run(['pgrep', '--full', `^/.*incusd .*${log}`]);
  const pid = Number(stdout.trim().split('\n')[0]);
  expect(await readFile(`/proc/${pid}/comm`, 'utf8')).toBe('incusd\n');
  return pid;
}
