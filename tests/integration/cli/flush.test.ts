import { mkdir, mkdtemp, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { probeImage } from '../../../src/images/index.ts';
import { deleteSandbox, type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { program } from '../build.ts';
import { anklume, uniqueName } from '../support.ts';
import { type TestProject, testProject, twoDomains } from './projects.ts';

const name = uniqueName('flush-');
let home: string;
let sandbox: Sandbox;
let project: TestProject;
const incus = async (...args: string[]) =>
  (await run(['incus', ...args], { env: { INCUS_DIR: sandbox.incusDir } })).stdout;
const here = (...args: string[]) =>
  anklume([...args, '--socket', sandbox.socket], {
    cwd: project.folder,
    env: { ANKLUME_HOME: home },
  });
const tables = async () => (await run([...sandbox.host.enter, 'nft', 'list', 'tables'])).stdout;
/** Everything with our mark, by the daemon's own client. */
const marked = async () =>
  (
    await Promise.all(
      ['instances', 'profiles', 'projects', 'networks'].map((kind) =>
        incus(
          'query',
          `/1.0/${kind}?recursion=1${/inst|prof/.test(kind) ? '&all-projects=true' : ''}`,
        ),
      ),
    )
  )
    .join()
    .match(/user\.anklume\.project/g)?.length ?? 0;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), `anklume-test-${process.pid}-`));
  process.env.ANKLUME_HOME = home;
  sandbox = await startSandbox(name);
  await incus('image', 'import', '--quiet', await probeImage(), '--alias', 'probe');
  project = await testProject(
    twoDomains('fa', 'fb', 213).replace(
      'fb-one: { ip: "10.213.2.10" }',
      'fb-one: { ip: "10.213.2.10", ephemeral: false }',
    ),
  );
  await incus('create', 'probe', 'foreign', '-s', 'default', '--quiet');
  expect((await here('up')).code).toBe(0);
});
afterAll(async () => {
  await deleteSandbox(name);
  await project[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

it('asks first: without a terminal and without --yes nothing is touched', async () => {
  const before = await marked();
  const flush = await here('flush');
  expect(flush.code).toBe(2);
  expect(flush.stderr).toContain('- instance fa-one');
  expect(await marked()).toBe(before);
});

// Matrix: DD-301
it('P22-23: is refused on a production host without --force, all intact', async () => {
  const before = await marked();
  // The marker is only in the mount namespace of this one command.
  await mkdir('/etc/anklume', { recursive: true });
  const script = 'mount -t tmpfs none /etc/anklume && touch /etc/anklume/production && exec "$@"';
  const words = [process.execPath, program, 'flush', '--yes', '--socket', sandbox.socket];
  const flushed = await run(['unshare', '-m', 'sh', '-c', script, 'sh', ...words], {
    cwd: project.folder,
    env: { ANKLUME_HOME: home, ANKLUME_LANG: 'en' },
  }).catch((error: Error) => error);
  expect(String(flushed)).toContain('marked as production');
  expect(await marked()).toBe(before);
  await rmdir('/etc/anklume').catch(() => {});
});

it('P22-17: leaves what is protected, with what it stands on, and says why', async () => {
  const flush = await here('flush', '--yes');
  expect(flush.code).toBe(1);
  expect(flush.stdout).toContain("'fb-one' is protected");
  const list = await incus('list', '--all-projects', '--format', 'csv', '--columns', 'n');
  expect(list.trim().split('\n').sort()).toEqual(['fb-one', 'foreign']);
  expect(await incus('network', 'list', '--format', 'csv')).not.toContain('net-fa');
  // Its walls stay as long as it is there.
  expect(await tables()).toContain('inet anklume');
});

// Matrix: DD-203
it('P16-22: with --force all of it goes, and nothing of others: objects, tables, files', async () => {
  await run([...sandbox.host.enter, 'nft', 'add', 'table', 'inet', 'theirs']);
  const files = await project.snapshot();
  const flush = await here('flush', '--force', '--yes', '--json');
  expect(flush.code, flush.stderr).toBe(0);
  expect(JSON.parse(flush.stdout)).toMatchObject({ type: 'flush', failed: 0, rules: 'removed' });
  expect(await marked()).toBe(0);
  const list = await incus('list', '--all-projects', '--format', 'csv', '--columns', 'n');
  expect(list.trim()).toBe('foreign');
  expect(await tables()).not.toContain('anklume');
  expect(await tables()).toContain('inet theirs');
  expect(await project.snapshot()).toEqual(files);
});

it('a second flush has nothing to do, and up builds it all again', async () => {
  const again = await here('flush', '--yes');
  expect(again.code).toBe(0);
  expect(again.stdout).toContain('0 changes');
  expect((await here('up')).code).toBe(0);
});

describe('case 04: a machine, a volume and a profile that somebody copied with the incus command', () => {
  const state = async (machine: string) =>
    (await incus('list', machine, '--project', 'fa', '--format', 'csv', '--columns', 's')).trim();

  beforeAll(async () => {
    await incus('copy', 'fa-one', 'fa-copy', '--project', 'fa', '--quiet');
    await incus('profile', 'copy', 'default', 'mine', '--project', 'fa');
  });

  it('block the original, which the plan and the start name, and which is not stopped', async () => {
    const plan = await here('plan', '--json');
    const { orphans, notes } = JSON.parse(plan.stdout) as {
      orphans: unknown[];
      notes: { code: string; remedy?: { en: string } }[];
    };
    expect(orphans).toEqual([]);
    const line = 'anklume incus -- config device remove fa-copy eth0 --project fa';
    expect(notes.find(({ code }) => code === 'address-taken')?.remedy?.en).toContain(line);
    const restart = await here('instance', 'restart', 'fa-one', '--yes');
    expect(restart.code).toBe(1);
    expect(restart.stdout).toContain('fa/fa-copy');
    expect(await state('fa-one')).toBe('RUNNING');
    // The line that was proposed is the way out.
    const done = await anklume(['--socket', sandbox.socket, ...line.split(' ').slice(1)], {
      cwd: project.folder,
      env: { ANKLUME_HOME: home },
    });
    expect(done.code, done.stderr).toBe(0);
    const again = await here('instance', 'restart', 'fa-one', '--yes');
    expect(again.code, again.stdout + again.stderr).toBe(0);
  });

  it("are no orphans, and no flush takes them: they are their maker's", async () => {
    const prune = await here('instance', 'delete', '--orphans', '--yes', '--json');
    expect(prune.code, prune.stderr).toBe(0);
    const flush = await here('flush', '--force', '--yes');
    expect(flush.code).toBe(1);
    expect(await state('fa-copy')).toBe('STOPPED');
    expect(await state('fa-one')).toBe('');
    expect(await incus('profile', 'list', '--project', 'fa', '--format', 'csv')).toContain('mine');
  });
});
