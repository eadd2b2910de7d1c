import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { identify, run } from '../../../src/base/system/index.ts';
import { probeImage } from '../../../src/images/index.ts';
import {
  deleteSandbox,
  listSandboxes,
  runningSandbox,
  type Sandbox,
  sandboxShell,
  startSandbox,
  statusOf,
  stopSandbox,
} from '../../../src/sandbox/index.ts';
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

/** What the daemon forks to show a disk under other owners, where it was killed at that moment: stopped, with its socket. */
async function stoppedFork(sandbox: Sandbox): Promise<number> {
  const script = [
    'import os, signal, socket, sys',
    'os.path.exists(sys.argv[1]) and os.unlink(sys.argv[1])',
    'door = socket.socket(socket.AF_UNIX)',
    'door.bind(sys.argv[1])',
    'door.listen()',
    'os.kill(os.getpid(), signal.SIGSTOP)',
  ].join('\n');
  const log = join(sandbox.folder, 'incusd.log');
  const words = `exec -a /usr/libexec/incus/incusd /usr/bin/python3 -c "$1" "$2" --logfile "$3"`;
  const argv = ['bash', '-c', words, 'bash', script, sandbox.socket, log];
  const hierarchies = await readFile(`/proc/${sandbox.holder}/cgroup`, 'utf8');
  const place = /^0::(.*)$/m.exec(hierarchies)?.[1];
  const { stdout: tree } = await run(['findmnt', '-n', '-o', 'TARGET', '-t', 'cgroup2']);
  const door = `${tree.split('\n')[0]}${place}/cgroup.procs`;
  const child = spawn(
    'sh',
    ['-c', 'echo $$ >"$0"; exec "$@"', door, 'unshare', '--user', ...argv],
    {
      stdio: 'ignore',
    },
  );
  const pid = child.pid ?? 0;
  const state = () => readFile(`/proc/${pid}/stat`, 'utf8');
  await expect.poll(state, { timeout: 30_000 }).toMatch(/\) T /);
  return pid;
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

  // Matrix: NE-304
  it('takes no fork that its killed daemon left, and that nobody ends, for the daemon', async () => {
    const sandbox = await startSandbox(name);
    const pid = await daemonPid(sandbox);
    process.kill(pid, 'SIGKILL');
    const left = await stoppedFork(sandbox);
    expect(await runningSandbox(name)).toBeUndefined();
    const again = await startSandbox(name);
    expect(again.holder).toBe(sandbox.holder);
    expect(await runningSandbox(name)).toEqual(again);
    await expect.poll(() => identify(left), { timeout: 30_000 }).toBeUndefined();
    // One that is halted is the daemon all the same: a second beside it would spoil its data.
    const daemon = await daemonPid(again);
    process.kill(daemon, 'SIGSTOP');
    const waiting = startSandbox(name);
    setTimeout(() => process.kill(daemon, 'SIGCONT'), 300);
    await waiting;
    expect(await daemonPid(again)).toBe(daemon);
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
