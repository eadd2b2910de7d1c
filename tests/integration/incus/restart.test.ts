import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { probeImage } from '../../../src/images/index.ts';
import { connect, IncusError, type StreamItem } from '../../../src/incus/index.ts';
import { deleteSandbox, type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { killDaemon } from '../killed-daemon.ts';
import { patiently, probe } from './world.ts';

/** A sandbox of its own: its daemon is killed, which the shared one would not forgive. */
const NAME = 'restart';
let sandbox: Sandbox;
let home: string;
let homeBefore: string | undefined;

beforeAll(async () => {
  homeBefore = process.env.ANKLUME_HOME;
  home = await mkdtemp(join(tmpdir(), 'restart-'));
  process.env.ANKLUME_HOME = home;
  sandbox = await startSandbox(NAME);
  await incusCli('image', 'import', await probeImage(), '--alias', 'probe', '--quiet');
});

afterAll(async () => {
  await deleteSandbox(NAME);
  await rm(home, { recursive: true, force: true });
  if (homeBefore === undefined) delete process.env.ANKLUME_HOME;
  else process.env.ANKLUME_HOME = homeBefore;
});

async function incusCli(...args: string[]): Promise<string> {
  return (await run(['incus', ...args], { env: { INCUS_DIR: sandbox.incusDir } })).stdout;
}

async function failuresOf(work: readonly Promise<unknown>[]): Promise<unknown[]> {
  const outcomes = await Promise.allSettled(work);
  return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
}

it('a daemon killed in the middle of creates: every error says that the outcome is unknown or that nothing was begun, and the next look finds the truth', async () => {
  const incus = await connect({ socket: sandbox.socket });
  const names = Array.from({ length: 8 }, (_, index) => `torn-${index}`);
  const creating = names.map((name) => incus.instances.create(probe(name, { start: true })));
  const failures = failuresOf(creating);
  await expect
    .poll(async () => (await incus.operations.list()).length, { ...patiently, interval: 5 })
    .toBeGreaterThan(0);
  await killDaemon(sandbox);
  const errors = await failures;
  for (const error of errors) expect(error).toBeInstanceOf(IncusError);
  // Containers get their users one after the other: those whose turn had not come were never asked for.
  const kinds = errors.map((error) => (error as IncusError).kind);
  expect(kinds).toContain('unknown-outcome');
  expect(['unknown-outcome', 'unreachable']).toEqual(expect.arrayContaining([...new Set(kinds)]));
  const unasked = kinds.filter((kind) => kind === 'unreachable').length;
  await expect(incus.instances.list()).rejects.toMatchObject({ kind: 'unreachable', exit: 4 });

  const back = incus.ready({ seconds: 60 });
  await startSandbox(NAME);
  await back;
  const left = (await incus.instances.list()).map((each) => each.name).sort();
  const seen = (await incusCli('list', '--format', 'csv', '--columns', 'n')).trim().split('\n');
  expect(left).toEqual(seen.filter(Boolean).sort());
  expect(left.length).toBeLessThanOrEqual(names.length - unasked);
  for (const name of left) {
    await incus.instances.setState(name, 'stop', { force: true });
    await incus.instances.delete(name);
  }
  await incus.instances.create(probe('torn-0'));
  await incus.instances.delete('torn-0');
});

it('commands and waits that a killed daemon leaves behind end, and the event stream tells the gap', async () => {
  const incus = await connect({ socket: sandbox.socket });
  await incus.instances.create(probe('worker', { start: true }));
  const controller = new AbortController();
  const items: StreamItem[] = [];
  const following = (async () => {
    for await (const item of incus.events(['lifecycle'], controller.signal)) items.push(item);
  })();
  await expect
    .poll(async () => {
      await incusCli('config', 'set', 'worker', `user.a=${items.length}`);
      return items.length;
    }, patiently)
    .toBeGreaterThan(0);
  let started = () => {};
  const isUp = new Promise<void>((resolve) => {
    started = resolve;
  });
  const command = incus.instances.exec('worker', ['sh', '-c', 'echo up; sleep 1000'], {
    onStdout: () => started(),
  });
  const failures = failuresOf([command]);
  await isUp;
  await killDaemon(sandbox);
  expect(await failures).toMatchObject([{ kind: 'unknown-outcome' }]);
  await startSandbox(NAME);
  await expect.poll(() => items.map((item) => item.type), patiently).toContain('gap');
  await incusCli('config', 'set', 'worker', 'user.b=1');
  await expect.poll(() => items.at(-1), patiently).toMatchObject({ type: 'lifecycle' });
  controller.abort();
  await following;
  expect((await incus.instances.get('worker')).value.status).toBe('Running');
  await incus.instances.setState('worker', 'stop', { force: true });
  await incus.instances.delete('worker');
});

it('a daemon that hangs is given up after the agreed silence', async () => {
  const incus = await connect({ socket: sandbox.socket }, { patience: 1000 });
  const { environment } = JSON.parse(await incusCli('query', '/1.0'));
  const [enter, ...words] = sandbox.host.enter;
  const signal = (name: string) =>
    run([enter ?? '', ...words, 'kill', name, String(environment.server_pid)]);
  await signal('-STOP');
  try {
    await expect(incus.networks.list()).rejects.toMatchObject({ kind: 'unreachable' });
    const config = { 'ipv4.address': 'none', 'ipv6.address': 'none' };
    const creating = incus.networks.create({ name: 'br-late', type: 'bridge', config });
    await expect(creating).rejects.toMatchObject({ kind: 'unknown-outcome' });
  } finally {
    await signal('-CONT');
  }
  await incus.ready();
  // Whether it was heard is for a fresh look to tell: both are right.
  const present = (await incus.networks.list()).some((each) => each.name === 'br-late');
  expect(await incusCli('network', 'list', '--format', 'csv')).toMatch(
    present ? /^br-late,/m : /^(?![\s\S]*br-late)/,
  );
});
