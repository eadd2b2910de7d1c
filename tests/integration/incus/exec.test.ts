import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import type { ExecOptions } from '../../../src/incus/index.ts';
import { incusCli } from '../support.ts';
import { door, patiently, runningProbe } from './world.ts';

it('runs commands: status, output, input, environment, user, folder', async () => {
  const incus = await door();
  await using machine = await runningProbe(incus);
  // Their last words must not come right before their end; see the next test.
  const exec = (argv: readonly string[], options: ExecOptions = {}) =>
    incus.instances.exec(
      machine.name,
      ['sh', '-c', '"$@"; s=$?; sleep 0.5; exit $s', 'sh', ...argv],
      options,
    );
  expect(await exec(['sh', '-c', 'echo out; echo err >&2; exit 3'])).toEqual({
    code: 3,
    stdout: 'out\n',
    stderr: 'err\n',
  });
  expect(await exec(['cat'], { stdin: 'héllo' })).toMatchObject({ code: 0, stdout: 'héllo' });
  const asked = { env: { A: 'b c' }, user: 1000, group: 1001, cwd: '/tmp' };
  expect(await exec(['sh', '-c', 'echo $A $(id -u) $(id -g) $PWD'], asked)).toMatchObject({
    stdout: 'b c 1000 1001 /tmp\n',
  });
  const plain = incus.instances.exec.bind(incus.instances, machine.name);
  expect((await plain(['no-such-command'])).code).toBe(127);
  expect((await plain(['/etc'])).code).toBe(126);
  expect((await plain(['sh', '-c', 'kill -9 $$'])).code).toBe(137);
  await expect(incus.instances.exec('no-such-machine', ['true'])).rejects.toMatchObject({
    kind: 'not-found',
  });
});

it('all output of commands that end at once arrives, however busy the daemon is', async () => {
  const incus = await door();
  await using machine = await runningProbe(incus);
  const command = ['sh', '-c', 'cat; echo out; echo err >&2; exit 3'];
  const options = { stdin: 'in\n', whole: true };
  // Without holding their streams open, several of these come back empty from Incus 6.0.4.
  const runs = Array.from({ length: 60 }, () =>
    incus.instances.exec(machine.name, command, options),
  );
  for (const ran of await Promise.all(runs))
    expect(ran).toEqual({ code: 3, stdout: 'in\nout\n', stderr: 'err\n' });
  expect((await incus.instances.exec(machine.name, ['no-such'], { whole: true })).code).toBe(127);
  const left = await incus.instances.exec(machine.name, ['ps'], { whole: true });
  expect(left.stdout).not.toMatch(/^ *\d+ +root +sleep 30$/m);
}, 120_000);

it('carries megabytes both ways unharmed, and holds a command back for a slow reader', async () => {
  const incus = await door();
  await using machine = await runningProbe(incus);
  const bytes = Buffer.alloc(8_000_000, 'anklume\n');
  const stored = await incus.instances.exec(machine.name, ['sh', '-c', 'cat > /tmp/big'], {
    stdin: bytes,
  });
  expect(stored.code).toBe(0);
  expect((await incus.instances.readFile(machine.name, '/tmp/big')).equals(bytes)).toBe(true);
  let length = 0;
  const { stdout } = await incus.instances.exec(machine.name, ['cat', '/tmp/big'], {
    onStdout: async (chunk) => {
      length += chunk.length;
      await new Promise((resolve) => setTimeout(resolve, 1));
    },
  });
  expect([length, stdout]).toEqual([bytes.length, '']);
  const endless = incus.instances.exec(machine.name, ['cat', '/dev/zero'], {
    longestOutput: 100_000,
  });
  await expect(endless).rejects.toMatchObject({ code: 'incus-output-too-long' });
});

it('an aborted command is dead in the machine too', async () => {
  const incus = await door();
  await using machine = await runningProbe(incus);
  const controller = new AbortController();
  const command = incus.instances.exec(machine.name, ['sleep', '4711'], {
    signal: controller.signal,
  });
  const processes = () => incusCli('exec', machine.name, '--', 'ps');
  await expect.poll(processes, patiently).toContain('sleep 4711');
  controller.abort(new Error('enough'));
  await expect(command).rejects.toThrow('enough');
  await expect.poll(processes, patiently).not.toContain('sleep 4711');
});

it('gives a terminal of the right size that follows, and the exit status', async () => {
  const incus = await door();
  await using machine = await runningProbe(incus);
  const stdin = new PassThrough();
  const stdout = Object.assign(new PassThrough(), { columns: 100, rows: 30 });
  let screen = '';
  stdout.on('data', (bytes) => {
    screen += bytes;
  });
  const shell = incus.instances.shell(machine.name, ['sh'], { stdin, stdout });
  stdin.write('stty size; tty\n');
  await expect.poll(() => screen, patiently).toMatch(/30 100.*\/dev\/pts\//s);
  Object.assign(stdout, { columns: 132, rows: 43 });
  stdout.emit('resize');
  stdin.write('stty size; exit 7\n');
  expect(await shell).toBe(7);
  expect(screen).toContain('43 132');
});

it('a terminal that goes away ends the command, also one that reads no input', async () => {
  const incus = await door();
  await using machine = await runningProbe(incus);
  for (const [command, status] of [
    [['cat'], 0],
    [['sleep', '100'], 129],
  ] as const) {
    const stdin = new PassThrough();
    const stdout = new PassThrough();
    stdout.resume();
    stdin.end('line\n');
    expect(await incus.instances.shell(machine.name, command, { stdin, stdout })).toBe(status);
  }
});

it('attaches to the console of a machine', async () => {
  const incus = await door();
  await using machine = await runningProbe(incus);
  const controller = new AbortController();
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  let screen = '';
  stdout.on('data', (bytes) => {
    screen += bytes;
  });
  const { signal } = controller;
  const attached = incus.instances.console(machine.name, { stdin, stdout, signal, force: true });
  await expect
    .poll(async () => {
      await incusCli('exec', machine.name, '--', 'sh', '-c', 'echo hello > /dev/console');
      return screen;
    }, patiently)
    .toContain('hello');
  controller.abort(new Error('enough'));
  await expect(attached).rejects.toThrow('enough');
});
