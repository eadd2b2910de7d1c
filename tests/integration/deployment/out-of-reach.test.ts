import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { program } from '../build.ts';
import { type TestProject, testProject, twoDomains } from '../cli/projects.ts';
import { anklume, clearAway, incusCli, inSandbox, type Outcome, uniqueName } from '../support.ts';

const [a, b] = ['a', 'b'].map(uniqueName) as [string, string];
let project: TestProject;
let forwarder: Server;
let socket: string;

/** What SSH does with `-L`: whoever connects here speaks to a daemon somewhere else. */
async function forward(path: string): Promise<Server> {
  const server = createServer((near) => {
    const far = connect(inject('socket'));
    near.pipe(far).pipe(near);
    for (const one of [near, far]) one.on('error', () => one.destroy());
  });
  server.listen(path);
  await once(server, 'listening');
  return server;
}

const here = (...words: string[]): Promise<Outcome> =>
  anklume(words, { cwd: project.folder, env: { INCUS_SOCKET: socket } });
const machines = () => incusCli('list', '--all-projects', '--format', 'csv', '--columns', 'n');

beforeAll(async () => {
  project = await testProject(twoDomains(a, b, 228));
  socket = join(project.folder, 'forwarded.sock');
  forwarder = await forward(socket);
  expect((await here('sync')).code).toBe(0);
});
afterAll(async () => {
  forwarder.close();
  await clearAway(project.folder, [a, b]);
});

it('B06-09: up and apply start nothing where the rules cannot be loaded, unless they are told', async () => {
  const tables = async () =>
    (await inSandbox('nft', 'list', 'tables'))
      .split('\n')
      .filter((line) => line.includes('anklume'));
  const before = await tables();
  for (const command of [['up'], ['apply'], ['apply', 'infra', '--limit', a]]) {
    const refused = await here(...command);
    expect(refused.code, refused.stderr).toBe(4);
    expect(refused.stderr).toContain('--no-isolation');
    expect(await machines()).not.toContain(`${a}-one`);
  }
  const told = await here('apply', '--no-isolation');
  expect(told.code, told.stderr).toBe(0);
  expect(told.stdout.trim().split('\n').at(-1)).toContain('No isolation rules were loaded');
  expect(await machines()).toContain(`${a}-one`);
  const status = await here('status');
  expect(status.code).toBe(0);
  expect(status.stderr).toContain('No isolation rules were loaded from here');
  const up = await here('up', '--no-isolation');
  expect(up.code, up.stderr).toBe(0);
  expect(up.stdout.trim().split('\n').at(-1)).toContain('No isolation rules were loaded');
  // Nothing is left to start: there is nothing to refuse.
  const again = await here('apply');
  expect(again.code).toBe(0);
  expect(again.stdout.trim().split('\n').at(-1)).toContain('No isolation rules were loaded');
  expect(await tables()).toEqual(before);
});

it('B06-09: the same for a rollback that would bring machines back', async () => {
  const fewer = twoDomains(a, b, 228).replace(
    / {4}machines:\n +\S+-one: [^\n]+10\.228\.2\.10[^\n]+\n/,
    '',
  );
  await project.write(fewer.replace(/network_policies:[\s\S]*/, ''));
  expect((await here('sync', '--delete-orphans')).code).toBe(0);
  const pruned = await here('apply', '--prune', '--yes');
  expect(pruned.code, pruned.stderr).toBe(0);
  expect(await machines()).not.toContain(`${b}-one`);
  const refused = await here('rollback', '--yes');
  expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('--no-isolation')]);
});

it("B06-09: a daemon of this host's own is told from one behind a forwarded socket of the same process", async () => {
  const enter = ['nsenter', '-t', String(inject('holder')), '-m', '-n', '-p', '-C', '--'];
  const inside = (path: string, ...words: string[]) =>
    run([...enter, process.execPath, program, '-C', project.folder, ...words], {
      env: { ANKLUME_HOME: join(project.folder, 'home'), INCUS_SOCKET: path, ANKLUME_LANG: 'en' },
      accept: [0, 1, 2, 3, 4],
    });
  // Within the sandbox, its daemon is that of the host: rules can be loaded.
  const own = await inside('/var/lib/incus/unix.socket', 'network', 'deploy', '--dry-run');
  expect(own.code, own.stderr).toBe(0);
  const relay = join(project.folder, 'relay.mjs');
  const path = join(project.folder, 'near.sock');
  await writeFile(
    relay,
    `import { connect, createServer } from 'node:net';
createServer((near) => { const far = connect('/var/lib/incus/unix.socket'); near.pipe(far).pipe(near);
for (const one of [near, far]) one.on('error', () => one.destroy()); }).listen(${JSON.stringify(path)}, () => console.log('ready'));`,
  );
  const [file = '', ...args] = [...enter, process.execPath, relay];
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    const relayed = await inside(path, 'network', 'deploy', '--dry-run');
    expect([relayed.code, relayed.stderr]).toEqual([4, expect.stringContaining('another machine')]);
  } finally {
    child.kill('SIGKILL');
    await rm(path, { force: true });
  }
});
