import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { thisSpace } from '../../../src/features/disposables/owner.ts';
import { program } from '../build.ts';
import { anklume, incusCli, incusQuery, resultOf } from '../support.ts';
import { clearDisposables, NAME, names, seen, volumes } from './world.ts';

const patiently = { timeout: 60_000, interval: 100 };
let folder: string;
const disp = (args: string[], input?: string) =>
  anklume(['disp', ...args], { cwd: folder, ...(input !== undefined && { input }) });
const probe = ['--image', 'probe'];

/** Runs the program on a terminal of its own. */
function onTerminal(...words: string[]) {
  const line = [process.execPath, program, ...words].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    cwd: folder,
    env: { ...process.env, ...here(), TERM: 'xterm' },
  });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  return {
    text: () => shown,
    type: (text: string) => child.stdin.write(text),
    ended: new Promise<number | null>((resolve) => child.on('close', resolve)),
  };
}

const here = () => ({ ANKLUME_HOME: inject('home'), INCUS_SOCKET: inject('socket') });

beforeAll(async () => {
  // No project here: a disposable machine needs none.
  folder = await mkdtemp(join(tmpdir(), 'anklume-disp-'));
  await incusCli('image', 'alias', 'create', 'probe-two', 'probe').catch(async () => {
    const [image] = await incusQuery<{ fingerprint: string }[]>('/1.0/images?recursion=1');
    await incusCli('image', 'alias', 'create', 'probe-two', image?.fingerprint ?? '');
  });
});
afterAll(async () => {
  await clearDisposables();
  await incusCli('image', 'alias', 'delete', 'probe-two');
  await rm(folder, { recursive: true, force: true });
});

afterEach(clearDisposables);

describe('one that stays until it is stopped', () => {
  it('P20a-01: runs, is ephemeral, has no network, and answers to its name', async () => {
    const { name } = resultOf<{ name: string }>(await disp([...probe, '--json']));
    expect(name).toMatch(NAME);
    const [one] = (await seen()).filter((found) => found.name === name);
    expect(one).toMatchObject({ status: 'Running', ephemeral: true });
    expect(Object.values(one?.expanded_devices ?? {}).map(({ type }) => type)).toEqual(['disk']);
    expect((await disp(['list'])).stdout).toContain(name);
    expect((await disp(['stop', name])).code).toBe(0);
    expect(await names()).not.toContain(name);
    expect((await disp(['stop', name])).code).toBe(2);
  });

  it.each([
    [
      'stopped from outside',
      (name: string) => incusCli('stop', '--project', 'anklume-disposable', name),
    ],
    [
      'powered off from inside',
      (name: string) =>
        incusCli('exec', '--project', 'anklume-disposable', name, '--', 'poweroff', '-f'),
    ],
  ])('P20a-04: %s it is gone, and its volume with it', async (_, end) => {
    const name = (await disp(probe)).stdout.trim();
    expect(await volumes()).toContain(name);
    // The command inside may end with the machine.
    await end(name).catch(() => undefined);
    await expect.poll(names, patiently).not.toContain(name);
    expect(await volumes()).not.toContain(name);
  });

  it('P20a-03: five at once have five names', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => disp(probe)));
    const made = all.map(({ stdout }) => stdout.trim());
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    expect(new Set(made).size).toBe(5);
    for (const name of made) expect(name).toMatch(NAME);
    expect(await names()).toEqual(expect.arrayContaining(made));
    expect((await disp(['stop', '--all'])).code).toBe(0);
    expect(await names()).toEqual([]);
    const projects = await incusCli('project', 'list', '--format', 'csv');
    expect(projects).not.toContain('anklume-disposable');
  });
});

describe('one for a command', () => {
  it('P20a-05: output, errors and exit status are those of the command, and the machine is gone', async () => {
    const words = [
      ...probe,
      '--',
      'sh',
      '-c',
      'cat /proc/sys/kernel/hostname; echo no >&2; exit 7',
    ];
    const { code, stdout, stderr } = await disp(words);
    expect({ code, stderr }).toEqual({ code: 7, stderr: 'no\n' });
    expect(stdout.trim()).toMatch(NAME);
    expect((await disp([...probe, '--', 'true'])).code).toBe(0);
    expect((await disp([...probe, '--', 'false'])).code).toBe(1);
    expect((await disp([...probe, '--', 'no-such-program'])).code).toBe(127);
    expect(await names()).toEqual([]);
    expect(await volumes()).toEqual([]);
  });

  it('a filter passes on bytes as they are', async () => {
    const bytes = randomBytes(400_000).toString('base64');
    const { stdout, code } = await disp(['run', '--image', 'probe-two', '--', 'cat'], bytes);
    expect(code).toBe(0);
    expect(stdout === bytes).toBe(true);
  });

  it('P20a-02: an image or a domain that nobody has is told with what to do, and nothing is left', async () => {
    const image = await disp(['--image', 'local:nothing', '--', 'true']);
    expect(image.code).toBe(1);
    expect(image.stderr).toContain("'nothing'");
    const domain = await disp([...probe, '--domain', 'nowhere', '--', 'true']);
    expect(domain.code).toBe(2);
    expect(domain.stderr).toContain("'anklume init'");
    expect(await names()).toEqual([]);
  });
});

describe('open', () => {
  it('copies one file in, and nothing comes back', async () => {
    const text = randomBytes(50_000).toString('base64');
    const path = join(folder, "it's a; file.txt");
    await writeFile(path, text);
    const hash = createHash('sha256').update(text).digest('hex');
    const script = 'wc -c <"$1"; echo changed >"$1"';
    const { code, stdout } = await disp(['open', path, ...probe, '--', 'sh', '-c', script, 'sh']);
    expect({ code, stdout: stdout.trim() }).toEqual({ code: 0, stdout: String(text.length) });
    expect(
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    ).toBe(hash);
  });

  it('gives the bytes as they are to a pipe, and none that move the cursor to a terminal', async () => {
    const path = join(folder, 'evil');
    const evil = '\u001b]0;owned\u0007\u001b[2J';
    await writeFile(path, evil);
    expect(await disp(['open', path, ...probe])).toMatchObject({ code: 0, stdout: evil });
    const shown = onTerminal('disp', 'open', path, ...probe, '--no-terminal');
    expect(await shown.ended).toBe(0);
    expect(shown.text()).toContain('^[]0;owned^G');
    expect(shown.text()).not.toContain('\u001b]0;');
  });

  it('a folder or nothing is a usage error, before anything is started', async () => {
    for (const path of [folder, join(folder, 'nothing')])
      expect(await disp(['open', path, ...probe])).toMatchObject({ code: 2, stdout: '' });
  });
});

it('P20a-06: --console gives its shell at once; leaving it ends and removes the machine', async () => {
  const terminal = onTerminal('disp', ...probe, '--console');
  await expect.poll(terminal.text, patiently).toContain('# ');
  terminal.type('echo in-$((40+2)); hostname\n');
  await expect.poll(terminal.text, patiently).toMatch(/in-42[\r\n]+disp-\d/);
  expect(await names()).toHaveLength(1);
  terminal.type('exit 5\n');
  expect(await terminal.ended).toBe(5);
  expect(await names()).toEqual([]);
});

describe('when the tool is killed', () => {
  it.each(['SIGKILL', 'SIGHUP', 'SIGTERM'] as const)('with %s nothing stays', async (signal) => {
    const child = spawn(process.execPath, [program, 'disp', ...probe, '--', 'sleep', '600'], {
      cwd: folder,
      env: { ...process.env, ...here() },
      stdio: 'ignore',
    });
    await expect
      .poll(async () => (await seen()).map(({ status }) => status), patiently)
      .toEqual(['Running']);
    child.kill(signal);
    await expect.poll(names, patiently).toEqual([]);
    expect(await volumes()).toEqual([]);
  });

  it('together with the process that watches over it, the next run removes what is left', async () => {
    // A mark of this boot and network whose owner is no more.
    const name = (await disp(probe)).stdout.trim();
    const mark = 'user.anklume.disposable';
    const project = 'anklume-disposable';
    const [one] = await seen();
    const tag = JSON.parse(one?.config[mark] ?? '{}') as object;
    const left = { ...tag, use: 'run', token: 'gone', space: await thisSpace() };
    await incusCli('config', 'set', '--project', project, name, `${mark}=${JSON.stringify(left)}`);
    expect((await disp([...probe, '--', 'true'])).code).toBe(0);
    expect(await names()).toEqual([]);
  });
});

describe('a pool', () => {
  it('gives a machine that waited, never twice, and is filled again', async () => {
    expect((await disp([...probe, '--pool', '2'])).code).toBe(0);
    const found = await seen();
    const marks = found.map(({ config }) => config['user.anklume.disposable'] ?? '');
    expect(marks).toEqual([expect.stringContaining('pool'), expect.stringContaining('pool')]);
    const waiting = found.map(({ name }) => name).sort();
    const say = ['run', ...probe, '--', 'cat', '/proc/sys/kernel/hostname'];
    const used = (await Promise.all([disp(say), disp(say)])).map(({ stdout }) => stdout.trim());
    expect(used.sort()).toEqual(waiting);
    const pooled = async () =>
      (await seen()).filter(
        ({ config, status }) =>
          status === 'Running' && config['user.anklume.disposable']?.includes('"pool"'),
      ).length;
    await expect
      .poll(async () => [await pooled(), (await names()).length], patiently)
      .toEqual([2, 2]);
    for (const name of used) expect(await names()).not.toContain(name);
    // Another image is another pool.
    const other = await disp([
      'run',
      '--image',
      'probe-two',
      '--',
      'cat',
      '/proc/sys/kernel/hostname',
    ]);
    expect(await names()).not.toContain(other.stdout.trim());
    expect(await names()).toHaveLength(2);
    expect((await disp([...probe, '--pool', '0'])).code).toBe(0);
    expect(await names()).toEqual([]);
  });
});
