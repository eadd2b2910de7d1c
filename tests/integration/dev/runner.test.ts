import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Event } from '../../../src/base/messages/index.ts';
import { productRoot } from '../../../src/base/system/index.ts';
import { waitUntilUp } from '../../../src/features/dev/roles/set-up-machine.ts';
import { findRunner, makeRunner, removeRunner } from '../../../src/features/dev/runner/objects.ts';
import { runInside } from '../../../src/features/dev/runner/run-inside.ts';
import type { Incus } from '../../../src/incus/index.ts';
import { poll } from '../deployment/host.ts';
import { door } from '../engine/daemon.ts';
import { loadedRules } from '../loaded-rules.ts';
import { hostImage } from '../nesting/host-image.ts';
import { incusCli, inSandbox } from '../support.ts';

const PROJECT = 'anklume-test-runner';
const ROOT = `/var/lib/incus/storage-pools/default/containers/${PROJECT}_test-runner/rootfs`;
const CONTAINER = { type: 'container' } as const;

/** Stands in for the program in the runner: what it is asked, and what became of it, it writes into /root. */
const PROGRAM = `#!/bin/sh
case "$1 $2" in
'sandbox delete') echo "$*" >> /root/cleared; exit 0 ;;
esac
echo "$*" >> /root/asked
trap 'echo yes >> /root/interrupted; exit 130' INT
echo '{"type":"step.started","id":"role:good","label":{"en":"create","fr":"création"}}' >&2
while [ -e /root/wait ]; do sleep 0.05; done
mkdir -p /root/.anklume/role-tests
echo 'every task' > /root/.anklume/role-tests/good-default.log
cat /root/results
exit 1
`;

const result = (role: string, ok: boolean) =>
  JSON.stringify({
    ...{ type: 'role-test', role, scenario: 'default', ok, seconds: 3, log: '/root/x.log' },
    steps: [{ step: 'verify', ok, seconds: 1, changed: [], ...(!ok && { failure: 'it is not' }) }],
  });

let incus: Incus;
let home: string;
const former = process.env.ANKLUME_HOME;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'anklume-runner-test-'));
  process.env.ANKLUME_HOME = home;
  incus = await door();
});
afterAll(async () => {
  if (former === undefined) delete process.env.ANKLUME_HOME;
  else process.env.ANKLUME_HOME = former;
  await removeRunner({ incus, emit: () => {} });
  await incus.close();
  await incusCli('image', 'delete', 'runner-host').catch(() => '');
  await rm(home, { recursive: true, force: true });
});
const ground = (signal?: AbortSignal) => ({
  incus,
  emit: (event: Event) => void events.push(event),
  ...(signal && { signal }),
});
const events: Event[] = [];

/** What a host has, asked of the client and of nft. */
async function everything(): Promise<string[]> {
  const lists = ['projects', 'networks?all-projects=true', 'instances?all-projects=true'];
  const paths = [...lists, 'profiles?all-projects=true'].map((path) => `/1.0/${path}`);
  const answers = await Promise.all(paths.map((path) => incusCli('query', path)));
  return [...answers, await loadedRules()];
}

const inRunner = (path: string) => inSandbox('cat', `${ROOT}${path}`);
const write = (path: string, text: string, mode = 0o644) =>
  incus.instances.writeFile('test-runner', path, text, { project: PROJECT, mode, uid: 0, gid: 0 });

describe('the test runner', () => {
  it('P12-07: what others made under its names is neither used nor removed', async () => {
    await incusCli('network', 'create', 'anklume-runner', 'ipv4.address=none', 'ipv6.address=none');
    try {
      await expect(makeRunner(ground(), CONTAINER, 'probe')).rejects.toMatchObject({
        code: 'test-runner-foreign',
      });
      await removeRunner(ground());
      expect(await incusCli('network', 'list', '--format', 'csv')).toContain('anklume-runner');
    } finally {
      await incusCli('network', 'delete', 'anklume-runner');
    }
  });

  it('P12-01 P12-04 P12-07: stands apart with the nesting profile, and goes without a trace', async () => {
    // Incus keeps its own table, empty, after the first network that it ever had.
    await incusCli(
      'network',
      'create',
      'runner-first',
      'ipv4.address=10.208.9.1/24',
      'ipv6.address=none',
    );
    await incusCli('network', 'delete', 'runner-first');
    const before = await everything();
    await makeRunner(ground(), CONTAINER, 'probe');
    await makeRunner(ground(), CONTAINER, 'probe');
    const list = ['list', '--project', PROJECT, '--format', 'csv', '--columns', 'nst'];
    expect(await incusCli(...list)).toBe('test-runner,RUNNING,CONTAINER');
    const profile = await incusCli('profile', 'show', 'nesting', '--project', PROJECT);
    for (const key of ['nesting', 'syscalls.intercept.mknod', 'syscalls.intercept.setxattr'])
      expect(profile).toContain(`security.${key}: "true"`);
    // Neither a socket nor a folder of the host is in it.
    const devices = await incusCli('config', 'device', 'list', 'test-runner', '--project', PROJECT);
    expect(devices.split('\n').sort()).toEqual(['eth0', 'root']);
    expect(await removeRunner(ground())).toBe(true);
    expect(await everything()).toEqual(before);
    expect(await removeRunner(ground())).toBe(false);
  });
});

describe('tests in the runner', () => {
  beforeAll(async () => {
    const { metadata, rootfs } = await hostImage();
    await incusCli('image', 'import', metadata, rootfs, '--alias', 'runner-host', '--quiet');
    await makeRunner(ground(), CONTAINER, 'local:runner-host');
    await waitUntilUp(ground(), { name: 'test-runner', project: PROJECT });
    await incus.instances.makeFolder('test-runner', '/opt/anklume', { project: PROJECT });
    await write('/opt/anklume/anklume', PROGRAM, 0o755);
    const lines = [result('good', true), result('bad', false), result('../../evil', true), '{'];
    await write('/root/results', `${lines.join('\n')}\n`);
  }, 600_000);

  it('P12-03: bring a file back for each role, passed or failed, and its log', async () => {
    const words = ['dev', 'test-role', "it's"];
    const results = await runInside(ground(), words, 'role-tests');
    expect(results.map(({ role, ok }) => [role, ok])).toEqual([
      ['good', true],
      ['bad', false],
    ]);
    expect(await inRunner('/root/asked')).toBe("dev test-role it's");
    const folder = join(home, 'test-runner', 'results');
    const file = JSON.parse(await readFile(join(folder, 'bad-default.json'), 'utf8'));
    expect(file).toMatchObject({ role: 'bad', ok: false, steps: [{ failure: 'it is not' }] });
    expect(await readFile(join(folder, 'good-default.log'), 'utf8')).toBe('every task\n');
    const label = { en: 'create', fr: 'création' };
    expect(events).toContainEqual({ type: 'step.started', id: 'runner:role:good', label });
    // Also after an ordinary end the sandbox is seen to.
    expect(await inRunner('/root/cleared')).toBe('sandbox delete role-tests --yes');
    expect((await findRunner(ground()))?.status).toBe('Running');
  });

  /** Starts tests that do not end by themselves, and waits until they run. */
  async function begun<T>(start: () => T): Promise<T> {
    await inSandbox(
      'rm',
      '-f',
      ...['asked', 'cleared', 'interrupted'].map((f) => `${ROOT}/root/${f}`),
    );
    await write('/root/wait', '');
    const started = start();
    await poll(() => inRunner('/root/asked'));
    return started;
  }
  const cleared = async () => {
    expect(await poll(() => inRunner('/root/cleared'))).toContain('sandbox delete role-tests');
    expect(await inRunner('/root/interrupted')).toBe('yes');
    const services = [
      'systemctl',
      'list-units',
      '--all',
      '--plain',
      '--no-legend',
      'anklume-test-*',
    ];
    await poll(async () => {
      const { stdout } = await incus.instances.exec('test-runner', services, {
        project: PROJECT,
        retried: true,
      });
      expect(stdout).toBe('');
    });
  };

  it('P12-08: are interrupted with the one who asked, and their sandbox goes', async () => {
    const interrupt = new AbortController();
    const running = await begun(() => {
      const promise = runInside(ground(interrupt.signal), ['dev', 'test-role'], 'role-tests');
      promise.catch(() => {});
      return { promise };
    });
    interrupt.abort();
    await expect(running.promise).rejects.toThrow();
    await cleared();
  });

  it('P12-08: are interrupted too when the one who asked is killed', async () => {
    const script = join(productRoot(), 'tests/integration/dev/ask.ts');
    const child = await begun(() =>
      spawn(process.execPath, ['--import', 'tsx', script, inject('socket')], {
        cwd: productRoot(),
        stdio: 'ignore',
      }),
    );
    child.kill('SIGKILL');
    await once(child, 'exit');
    await cleared();
  });
});
