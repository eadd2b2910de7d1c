import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { program } from '../build.ts';
import { anklume, incusCli, uniqueName } from '../support.ts';
import { type TestProject, testProject, twoDomains } from './projects.ts';

const [a, b] = ['wa', 'wb'].map(uniqueName) as [string, string];
let project: TestProject;
const here = (args: string[], input?: string) =>
  anklume(args, { cwd: project.folder, ...(input !== undefined && { input }) });
const status = async (domain: string, name: string) =>
  (await incusCli('list', name, '--project', domain, '--format', 'csv', '--columns', 's')).trim();

beforeAll(async () => {
  project = await testProject(
    twoDomains(a, b, 212)
      .replace(`      ${a}-one: { ip: "10.212.1.10" }`, `      ${a}-one: {}\n      ${a}-two: {}`)
      .replace('"10.212.2.10" }', '"10.212.2.10", ephemeral: false }'),
  );
  expect((await here(['apply', '--sync', '--yes', '--socket', inject('socket')])).code).toBe(0);
});
afterAll(async () => {
  await here(['flush', '--force', '--yes']);
  await project[Symbol.asyncDispose]();
});

// Incus 6.0.4 drops the last words of a command that ends at once, also to its own client: commands here live on a little.
describe('instance exec', () => {
  // Matrix: DD-101
  it('passes on output, errors and the exit status', async () => {
    const words = [
      'instance',
      'exec',
      `${a}-one`,
      '--',
      'sh',
      '-c',
      'echo out; echo no >&2; sleep 0.5; exit 7',
    ];
    expect(await here(words)).toMatchObject({ code: 7, stdout: 'out\n', stderr: 'no\n' });
  });

  it('passes bytes through unchanged', async () => {
    const bytes = randomBytes(300_000).toString('base64');
    const cat = await here(
      ['instance', 'exec', `${a}-one`, '--', 'sh', '-c', 'cat; sleep 0.5'],
      bytes,
    );
    expect(cat.stdout === bytes).toBe(true);
  });

  it('ends with a reader that has seen enough', async () => {
    const words = [process.execPath, program, 'instance', 'exec', `${a}-one`, '--', 'yes'];
    const { stdout } = await run(['sh', '-c', '"$@" | head -n 1', 'sh', ...words], {
      cwd: project.folder,
      env: { ANKLUME_HOME: inject('home'), INCUS_SOCKET: inject('socket') },
    });
    expect(stdout.trim()).toBe('y');
    const left = await here([
      'instance',
      'exec',
      `${a}-one`,
      '--',
      'sh',
      '-c',
      'ps | grep -c "[y]es"; sleep 0.5',
    ]);
    expect(left.stdout).toBe('0\n');
  }, 60_000);

  it('gives each word as it is: no shell reads them', async () => {
    const words = ['a b', '$(reboot)', ';', '--json', "'"];
    const script = ['sh', '-c', 'printf "%s|" "$@"; sleep 0.5', 'sh'];
    const echo = await here(['instance', 'exec', `${a}-one`, '--', ...script, ...words]);
    expect(echo.stdout).toBe(`${words.join('|')}|`);
  });

  it('a domain or an unknown name is a usage error that says what to do', async () => {
    const domain = await here(['instance', 'exec', a, '--', 'true']);
    expect(domain).toMatchObject({ code: 2 });
    expect(domain.stderr).toContain(`${a}-one, ${a}-two`);
    expect((await here(['instance', 'exec', 'nobody', '--', 'true'])).code).toBe(2);
  });
});

// Matrix: DD-102
it('domain exec: every line begins with its machine, and one failure is exit 1', async () => {
  const name = ['sh', '-c', 'cat /proc/sys/kernel/hostname; sleep 0.5'];
  const all = await here(['domain', 'exec', a, '--', ...name]);
  expect(all.stdout.split('\n').slice(0, 2).sort()).toEqual([
    `${a}-one | ${a}-one`,
    `${a}-two | ${a}-two`,
  ]);
  expect(all.code).toBe(0);
  const test = `test $(cat /proc/sys/kernel/hostname) = ${a}-one`;
  const one = await here(['domain', 'exec', a, '--json', '--', 'sh', '-c', test]);
  expect(one.code).toBe(1);
  const result = JSON.parse(one.stdout.trim().split('\n').at(-1) ?? '{}');
  expect(result.machines.map(({ code }: { code: number }) => code)).toEqual([0, 1]);
});

// Matrix: DD-305
it('a machine cannot write into the lines of another', async () => {
  const evil = 'printf "\\033[1A\\rother | hello\\n"; sleep 0.5';
  const { stdout } = await here(['domain', 'exec', `${a}-one`, '--', 'sh', '-c', evil]);
  expect(stdout).not.toContain('\u001b');
  expect(stdout.split('\n')[0]).toMatch(new RegExp(`^${a}-one \\| `));
});

describe('start, stop and restart', () => {
  // Matrix: DD-204
  it('work on whole domains, and leave alone what is as wanted', async () => {
    expect(await here(['instance', 'stop', a, '--force'])).toMatchObject({ code: 0 });
    expect(await status(a, `${a}-one`)).toBe('STOPPED');
    expect((await here(['instance', 'stop', a])).stdout).toContain('2 as wanted already');
    expect((await here(['instance', 'start', `${a}-two`])).code).toBe(0);
    expect(await status(a, `${a}-one`)).toBe('STOPPED');
    expect((await here(['instance', 'restart', a, '--force'])).code).toBe(0);
    expect(await status(a, `${a}-one`)).toBe('RUNNING');
  });

  it('case 32: what is frozen is thawed first, and is where it should be afterwards', async () => {
    for (const [action, after] of [
      ['start', 'RUNNING'],
      ['restart', 'RUNNING'],
      ['stop', 'STOPPED'],
    ] as const) {
      await incusCli('pause', `${a}-two`, '--project', a);
      const done = await here(['instance', action, `${a}-two`, '--json']);
      expect(done.code).toBe(0);
      expect(done.stdout).toContain('"result":"done"');
      expect(await status(a, `${a}-two`)).toBe(after);
    }
    expect((await here(['instance', 'start', `${a}-two`])).code).toBe(0);
    const lives = await here([
      'instance',
      'exec',
      `${a}-two`,
      '--',
      'sh',
      '-c',
      'echo yes; sleep 0.5',
    ]);
    expect(lives.stdout).toBe('yes\n');
  }, 120_000);

  it('a protected machine is not stopped without a yes', async () => {
    const refused = await here(['instance', 'stop', `${b}-one`]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--yes');
    expect(await status(b, `${b}-one`)).toBe('RUNNING');
    expect((await here(['instance', 'stop', `${b}-one`, '--force', '--yes'])).code).toBe(0);
    expect(await status(b, `${b}-one`)).toBe('STOPPED');
  });
});

describe('looking at things', () => {
  it('instance show: declared and real facts of one machine', async () => {
    const shown = await here(['instance', 'show', `${a}-one`, '--json']);
    const facts = JSON.parse(shown.stdout);
    const { created_at: created } = JSON.parse(
      await incusCli('query', `/1.0/instances/${a}-one?project=${a}`),
    );
    expect(facts).toMatchObject({
      domain: a,
      machine: `${a}-one`,
      image: 'probe',
      live: { created },
    });
    expect((await here(['instance', 'show', a])).code).toBe(2);
  });

  it('domain show: its network, its machines and what is opened', async () => {
    const { stdout, code } = await here(['domain', 'show', b]);
    expect(code).toBe(0);
    for (const words of [`net-${b}`, '10.212.2.0/24', `${a}-one -> ${b}-one: tcp 80`, `${b}-one`])
      expect(stdout).toContain(words);
    expect((await here(['domain', 'show', 'nowhere'])).stderr).toContain(a);
  });

  it('instance logs: the console where there is no journal, and what Incus wrote at the start', async () => {
    const plain = await here(['instance', 'logs', `${a}-one`, '--lines', '3']);
    expect(plain).toMatchObject({ code: 0, stdout: expect.stringContaining('udhcpc') });
    expect(plain.stdout.trim().split('\n').length).toBeLessThanOrEqual(3);
    const both = await here(['instance', 'logs', a, '--start']);
    expect(both.code).toBe(0);
    expect(both.stdout).toContain(`${a}-two | `);
    expect((await here(['instance', 'logs', a, '--start', '--follow'])).code).toBe(2);
  });

  it('instance exec with several names: in parallel, each line with its machine', async () => {
    const names = `${a}-one,${a}-two`;
    const { stdout, code } = await here(['instance', 'exec', names, '--', 'hostname']);
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(0, 2).sort()).toEqual([
      `${a}-one | ${a}-one`,
      `${a}-two | ${a}-two`,
    ]);
  });
});

it('status --watch: tells events as the daemon does, and Ctrl-C is its ordinary end', async () => {
  const child = spawn(process.execPath, [program, 'status', '--watch', '--json'], {
    cwd: project.folder,
    env: { ...process.env, ANKLUME_HOME: inject('home'), INCUS_SOCKET: inject('socket') },
  });
  let said = '';
  let wrong = '';
  child.stdout.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    wrong += bytes.toString();
  });
  const ended = new Promise((resolve) => child.on('close', (code) => resolve(code)));
  const patiently = { timeout: 60_000, interval: 50 };
  await expect.poll(() => said, patiently).toContain('"type":"status"');
  await incusCli('stop', '--force', '--project', a, `${a}-two`);
  await incusCli('start', '--project', a, `${a}-two`);
  await expect.poll(() => said, patiently).toMatch(/"action":"started"/);
  child.kill('SIGINT');
  expect({ code: await ended, wrong }).toEqual({
    code: 0,
    wrong: expect.not.stringContaining('Stopping'),
  });
  const lines = said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines[0]?.type).toBe('status');
  expect(lines.slice(1)).toContainEqual(
    expect.objectContaining({ type: 'event', domain: a, machine: `${a}-two`, action: 'started' }),
  );
});
