import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { anklume, incusCli, resultOf, uniqueName } from '../support.ts';
import { type TestProject, testProject, twoDomains } from './projects.ts';

const [a, b] = ['va', 'vb'].map(uniqueName) as [string, string];
let project: TestProject;
/** Nothing around says which daemon: only flags and the project's own folder do. */
const bare = { INCUS_SOCKET: '', INCUS_DIR: '' };
const here = (...args: string[]) => anklume(args, { cwd: project.folder, env: bare });

beforeAll(async () => {
  project = await testProject(twoDomains(a, b, 214));
  const sandbox = `--sandbox=${inject('sandbox')}`;
  const applied = await here('apply', '--sync', '--yes', sandbox);
  expect(applied.code, applied.stderr).toBe(0);
});
afterAll(async () => {
  await here('flush', '--force', '--yes', `--sandbox=${inject('sandbox')}`);
  await project[Symbol.asyncDispose]();
});

describe('B07-09: the daemon of a project', () => {
  it('is remembered: later commands find it without a flag, and say so last', async () => {
    const status = await here('status');
    expect(status.stdout).toContain('2 of 2 running');
    const last = `Incus: sandbox ${inject('sandbox')} (remembered)`;
    expect(status.stderr.trim().split('\n').at(-1)).toBe(last);
  });

  it('is left to a flag or the environment that names another', async () => {
    const other = await here('status', '--socket', '/nowhere/unix.socket');
    expect(other.code).toBe(4);
    const named = await anklume(['status'], { cwd: project.folder });
    expect(named.stderr).toContain(`Incus: sandbox ${inject('sandbox')}\n`);
  });

  it.each([
    ['status'],
    ['ps', '-q'],
    ['plan', '--exit-code'],
    ['apply', 'provision'],
    ['history'],
    ['top'],
    ['logs', `${a}-one`],
    ['network', 'status'],
    ['network', 'deploy', '--dry-run'],
    ['prove'],
    ['instance', 'list'],
    ['exec', `${a}-one`, '--', 'true'],
    ['snapshot', 'list'],
    ['import'],
    ['image', 'list'],
    ['disp', 'list'],
    ['incus', '--', 'list'],
    ['flush', '--yes', '--force'],
    ['sandbox', 'status', 'test'],
    ['sandbox', 'shell', 'test'],
  ])('no sandbox is made for a mistyped name: %s', async (...words) => {
    const at = words.indexOf('--');
    const flag = words[0] === 'sandbox' ? [] : ['--sandbox=test'];
    const line = words.toSpliced(at === -1 ? words.length : at, 0, ...flag);
    const { code, stdout, stderr } = await here(...line);
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain("There is no sandbox 'test'.");
    expect(stderr).toContain("Did you mean 'tests'? There are: tests.");
    expect(await readdir(join(inject('home'), 'sandboxes'))).toEqual([inject('sandbox')]);
  });

  it('is not guessed when the memory is damaged or the sandbox is gone', async () => {
    const file = join(project.folder, '.anklume', 'daemon.json');
    const before = await readFile(file, 'utf8');
    for (const [text, code, words] of [
      ['{"sandbox": 7}', 2, 'cannot be understood'],
      ['', 2, 'cannot be understood'],
      ['{"sandbox":"never-made"}', 4, 'no longer exists'],
    ] as const) {
      await writeFile(file, text);
      const flushed = await here('flush', '--yes', '--force');
      expect(flushed, text).toMatchObject({ code, stderr: expect.stringContaining(words) });
    }
    await writeFile(file, before);
    expect((await incusCli('list', '--project', a, '--format', 'csv', '-c', 'n')).trim()).not.toBe(
      '',
    );
  });

  it('is not said where another program speaks, nor in JSON', async () => {
    const run = await here('exec', `${a}-one`, '--', 'sh', '-c', 'sleep 0.5');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect((await here('status', '--json')).stderr).not.toContain('Incus:');
  });
});

describe('B07-11: lists of machines', () => {
  it('as CSV with chosen columns, as YAML, as JSON, and as names alone', async () => {
    const csv = await here('status', '--format', 'csv', '--columns', 'machine,state');
    expect(csv.stdout).toBe(`machine,state\n${a}-one,Running\n${b}-one,Running\n`);
    expect((await here('ps', '-q')).stdout).toBe(`${a}-one\n${b}-one\n`);
    const json = await here('ps', '--format', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject([
      { machine: `${a}-one` },
      { machine: `${b}-one` },
    ]);
    expect((await here('ps', '--format', 'yaml')).stdout).toContain(`machine: ${a}-one`);
    expect((await here('ps', '--columns', 'nonsense')).code).toBe(2);
    expect((await here('ps', '--format', 'xml')).code).toBe(2);
  });
});

describe('B07-10: words that people know', () => {
  it('ps lists the machines, top what they use', async () => {
    expect((await here('ps')).stdout).toContain(`${a}-one`);
    const top = resultOf<{ machines: { machine: string; processes?: number }[] }>(
      await here('top', '--json'),
    );
    expect(top.machines.map(({ machine }) => machine).sort()).toEqual([`${a}-one`, `${b}-one`]);
    expect(top.machines[0]).toMatchObject({ state: 'Running', processes: expect.any(Number) });
  });

  it('incus -- works in the project of the machine that it names, on the same daemon', async () => {
    const shown = await here('incus', '--', 'config', 'get', `${a}-one`, 'user.anklume.machine');
    expect(shown).toMatchObject({ code: 0, stdout: `${a}-one\n` });
    const listed = await here('incus', '--domain', b, '--', 'list', '-f', 'csv', '-c', 'n');
    expect(listed.stdout).toBe(`${b}-one\n`);
    expect((await here('incus', '--', 'no-such-verb')).code).toBe(1);
  });

  it('validate checks, and writes nothing', async () => {
    await rm(join(project.folder, 'inventory'), { recursive: true });
    expect(await here('validate')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/valid/),
    });
    await expect(readFile(join(project.folder, 'inventory', `${a}.yml`))).rejects.toThrow();
    expect((await here('sync')).code).toBe(0);
  });

  it('config prints an infra.yml that comes to the same', async () => {
    const { stdout } = await here('config');
    const copy = await testProject(stdout);
    const [one, other] = await Promise.all([
      here('config', '--json'),
      anklume(['config', '--json'], { cwd: copy.folder }),
    ]);
    expect(resultOf(other)).toEqual(resultOf(one));
    await copy[Symbol.asyncDispose]();
  });

  it('down stops everything and deletes nothing; destroy asks', async () => {
    expect((await here('down', '--yes')).code).toBe(0);
    const states = async () =>
      (await incusCli('list', '--all-projects', '--format', 'csv', '--columns', 'ns'))
        .split('\n')
        .filter((line) => line.startsWith(a) || line.startsWith(b));
    expect(await states()).toEqual([`${a}-one,STOPPED`, `${b}-one,STOPPED`]);
    expect((await here('destroy', `${a}-one`)).code).toBe(2);
    expect((await here('destroy')).code).toBe(2);
    expect(await states()).toHaveLength(2);
    expect((await here('destroy', `${a}-one`, '--yes', '--force')).code).toBe(0);
    expect(await states()).toEqual([`${b}-one,STOPPED`]);
    // What is not there does not run.
    expect((await here('down', '--yes')).stdout).toContain('2 as wanted already');
  });

  it('what cannot be run says why, and how it could be', async () => {
    expect(await here('exec', `${b}-one`, '--', 'true')).toMatchObject({
      code: 1,
      stderr: `✗ '${b}-one' is stopped, so nothing can be run in it.\n→ 'anklume instance start ${b}-one' starts it.\n`,
    });
    const gone = await here('shell', `${a}-one`);
    expect(gone).toMatchObject({ code: 1, stderr: expect.stringContaining('does not exist yet') });
    expect(gone.stderr).toContain(`'anklume apply --limit ${a}' makes it.`);
    const several = await here('exec', 'all', '--', 'true');
    expect(several.stdout).toContain(`→ 'anklume instance start ${b}-one' starts it.`);
    const dashes = await here('exec', `${b}-one`, 'ls', '-la');
    expect(dashes.code).toBe(2);
    expect(dashes.stderr).toContain(`anklume exec ${b}-one -- ls -la`);
    expect((await here('instance', 'start', `${b}-one`)).code).toBe(0);
    const missing = `There is no command 'no-such' in '${b}-one'.`;
    for (const [words, told] of [
      [['no-such'], true],
      [['sh', '-c', 'exit 127'], false],
    ] as const) {
      const { code, stderr } = await here('exec', `${b}-one`, '--', ...words);
      expect([code, stderr.includes(missing)]).toEqual([127, told]);
    }
    expect((await here('exec', 'all', '--', 'no-such')).stdout).toContain(missing);
  });

  it.each(['ls', 'ssh', 'halt', 'rm', 'stop', 'delete'])(
    '%s leads to nothing that destroys',
    async (typed) => {
      const { stderr, stdout } = await here(typed);
      expect(`${stdout}${stderr}`).not.toMatch(/flush|destroy/);
    },
  );
});
