import { spawn } from 'node:child_process';
import { afterEach, expect, inject, it } from 'vitest';
import { program } from '../build.ts';
import { testProject } from '../cli/projects.ts';
import { listed, removeDomains } from '../engine/daemon.ts';
import { anklume, inSandbox, uniqueName } from '../support.ts';

const domains = Array.from({ length: 3 }, () => uniqueName('i'));
const sandbox = [`--sandbox=${inject('sandbox')}`];
const expected = domains.flatMap((domain) => [`${domain}-1`, `${domain}-2`]).sort();

afterEach(async () => {
  await removeDomains(...domains);
  // The rules that `up` loads: the tests that follow have the first infrastructure of the host.
  for (const family of ['inet', 'bridge'])
    await inSandbox('nft', 'delete', 'table', family, 'anklume').catch(() => undefined);
});

async function syncedProject() {
  const body = domains.map(
    (name, at) =>
      `  ${name}:\n    subnet_id: ${at}\n    ephemeral: true\n    machines: {${name}-1: {}, ${name}-2: {}}\n`,
  );
  const head =
    'project_name: interrupted\nglobal: {base_subnet: "10.232", default_os_image: probe}\ndomains:\n';
  const project = await testProject(head + body.join(''));
  await anklume(['sync'], { cwd: project.folder });
  return project;
}

/** Starts an apply of its own and gives what it wrote and how it ended; `when` may act on it. */
function start(cwd: string, command: string, args: readonly string[]) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ANKLUME_LANG: 'en', NO_COLOR: '1', ANKLUME_HOME: inject('home') },
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, ...said })),
  );
  return { child, ended };
}

it('Ctrl-C in the middle: exit 130, the state is told, and the next run completes it', async () => {
  await using project = await syncedProject();
  const { child, ended } = start(project.folder, process.execPath, [program, 'apply', ...sandbox]);
  await new Promise<void>((resolve) =>
    child.stderr.on('data', (text: string) => text.includes('Create') && resolve()),
  );
  child.kill('SIGINT');
  const { code, out, err } = await ended;
  expect(code).toBe(130);
  expect(err).toContain('Stopping');
  expect(out).toMatch(/^! \d+ changes?, .*\d+ skipped/m);
  expect((await anklume(['apply', ...sandbox], { cwd: project.folder })).code).toBe(0);
  expect((await listed(...domains)).map(({ name }) => name)).toEqual(expected);
});

it('Ctrl-C in the middle of up: told and recorded is what was done, not what was planned', async () => {
  await using project = await syncedProject();
  const words = [program, 'up', '--yes', '--no-boot', ...sandbox];
  const { child, ended } = start(project.folder, process.execPath, words);
  await new Promise<void>((resolve) =>
    child.stderr.on('data', (text: string) => /✓ Create/.test(text) && resolve()),
  );
  child.kill('SIGINT');
  const { code, err } = await ended;
  expect(code).toBe(130);
  const made = err.split('\n').filter((line) => line.startsWith('✓ Create')).length;
  expect(made).toBeLessThan(15);
  expect(err).toMatch(
    new RegExp(
      `Interrupted: ${made} of 15 changes made, ${15 - made} not begun\\. Beside them: isolation rules loaded\\. The isolation is not verified\\.`,
    ),
  );
  const history = await anklume(['history', '--json', ...sandbox], { cwd: project.folder });
  const { generations } = JSON.parse(history.stdout) as {
    generations: { state: string; counts: object }[];
  };
  const counts = { created: made, changed: 0, removed: 0 };
  expect(generations.at(-1)).toMatchObject({ state: 'failed', counts });
});

it('a reader that goes away does not cut an apply short', async () => {
  await using project = await syncedProject();
  const line = '"$0" "$@" 2>&1 | head -n 1';
  const words = ['-c', line, process.execPath, program, 'apply', ...sandbox];
  const { out } = await start(project.folder, 'sh', words).ended;
  expect(out.trim().split('\n')).toHaveLength(1);
  // The shell ends with `head`; the apply goes on, and the next command waits for its lock.
  const after = await anklume(['apply', ...sandbox], { cwd: project.folder });
  expect(after.stdout).toContain('0 changes');
  expect((await listed(...domains)).map(({ name }) => name)).toEqual(expected);
});

// Matrix: AP-304
it('two at once: the second waits, says for whom, and finds nothing to do', async () => {
  await using project = await syncedProject();
  const words = [program, 'apply', ...sandbox];
  const first = start(project.folder, process.execPath, words);
  await new Promise<void>((resolve) =>
    first.child.stderr.on('data', (text: string) => text.includes('Create') && resolve()),
  );
  const second = await start(project.folder, process.execPath, words).ended;
  expect((await first.ended).code).toBe(0);
  expect(second.err).toMatch(
    new RegExp(
      `Waiting for 'apply' \\(process ${first.child.pid}, since [-\\d]{10} [:\\d]{8}[-+][:\\d]{5}\\)`,
    ),
  );
  expect([second.code, second.out]).toEqual([0, expect.stringContaining('0 changes')]);
});
