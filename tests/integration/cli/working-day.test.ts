import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { run } from '../../../src/system/index.ts';
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

  it('a protected machine is not stopped without a yes', async () => {
    const refused = await here(['instance', 'stop', `${b}-one`]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--yes');
    expect(await status(b, `${b}-one`)).toBe('RUNNING');
    expect((await here(['instance', 'stop', `${b}-one`, '--force', '--yes'])).code).toBe(0);
    expect(await status(b, `${b}-one`)).toBe('STOPPED');
  });
});
