import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { type TestProject, testProject, twoDomains } from '../cli/projects.ts';
import { anklume, clearAway, incusCli, resultOf, uniqueName } from '../support.ts';
import { clearDisposables, names, netnsOf, seen } from './world.ts';

const [a, b] = ['da', 'db'].map(uniqueName) as [string, string];
const [theirs, beyond] = ['10.214.1.10', '10.214.2.10'];
let project: TestProject;
let name: string;
const here = (...args: string[]) => anklume(args, { cwd: project.folder });
const inside = (...argv: string[]) =>
  incusCli('exec', '--project', a, name, '--', ...argv).then(
    () => true,
    () => false,
  );
const ping = (to: string, ...more: string[]) => inside('ping', '-c', '2', '-W', '1', ...more, to);

beforeAll(async () => {
  project = await testProject(twoDomains(a, b, 214));
  expect(await here('apply', '--sync', '--yes')).toMatchObject({ code: 0 });
  expect(await here('network', 'deploy')).toMatchObject({ code: 0 });
  name = resultOf<{ name: string }>(await here('disp', '--domain', a, '--json')).name;
});
afterAll(async () => {
  await clearDisposables();
  await clearAway(project.folder, [a, b]);
});

describe('in a domain', () => {
  it('P20a-02: it stands in the project and on the bridge of the domain', async () => {
    const [one] = await seen();
    expect(one).toMatchObject({ name, project: a, status: 'Running' });
    expect(one?.expanded_devices.eth0).toMatchObject({ network: `net-${a}` });
    expect((await here('disp', '--domain', 'nowhere', '--', 'true')).stderr).toContain(
      `${a}, ${b}`,
    );
  });

  it('P20a-02: it reaches its domain, and no other, with real packets', async () => {
    await expect.poll(() => ping(theirs), { timeout: 60_000 }).toBe(true);
    expect(await ping('10.214.1.254')).toBe(true);
    expect(await ping(beyond)).toBe(false);
    expect(await ping('10.214.2.254')).toBe(false);
    // What a policy opens to a machine is not opened to its neighbours.
    const connects = (machine: string) =>
      incusCli(
        ...['exec', '--project', a, machine, '--'],
        ...['sh', '-c', `nc -w 2 ${beyond} 80 </dev/null`],
      ).then(
        () => true,
        () => false,
      );
    await incusCli('exec', '--project', b, `${b}-one`, '--', 'httpd', '-p', '80', '-h', '/');
    await expect.poll(() => connects(`${a}-one`), { timeout: 60_000 }).toBe(true);
    expect(await connects(name)).toBe(false);
  });

  it('it speaks from no address but its own', async () => {
    expect(await inside('ip', 'addr', 'add', '10.214.1.77/24', 'dev', 'eth0')).toBe(true);
    expect(await ping(theirs, '-I', '10.214.1.77')).toBe(false);
    expect(await inside('ip', 'addr', 'del', '10.214.1.77/24', 'dev', 'eth0')).toBe(true);
    await expect.poll(() => ping(theirs), { timeout: 30_000 }).toBe(true);
  });

  it('it reaches the host by no address of the bridges’ own protocols', async () => {
    const script = fileURLToPath(new URL('../network/past_bridge.py', import.meta.url));
    const state = await incusCli('query', `/1.0/instances/${name}/state?project=${a}`);
    const { network } = JSON.parse(state) as {
      network: { eth0: { addresses: { family: string; address: string }[] } };
    };
    const own = network.eth0.addresses.find(({ family }) => family === 'inet')?.address ?? '';
    const host = `${inject('proc')}/1/ns/net`;
    const words = ['python3', '-I', script, await netnsOf(name, a), host, own, '10.214.1.254'];
    expect(JSON.parse((await run(words)).stdout)).toEqual([]);
  });

  it('a command waits for its network', async () => {
    const { code, stdout } = await here(
      'disp',
      'run',
      '--domain',
      a,
      '--',
      'ping',
      '-c',
      '1',
      '-W',
      '2',
      theirs,
    );
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('1 packets received'),
    });
  });
});

describe('what looks at the whole world', () => {
  it('plans, status and import do not take it for something of theirs', async () => {
    expect((await here('plan', '--exit-code')).code).toBe(0);
    const applied = await here('apply', '--prune', '--yes', '--json');
    expect(applied.code).toBe(0);
    expect(`${applied.stdout}${applied.stderr}`).not.toContain(name);
    expect((await here('status', '--json')).stdout).not.toContain(name);
    const imported = await here('import', '--project-name', `cli-${a}`);
    expect(imported.code).toBe(0);
    expect(imported.stdout).not.toContain('disp-');
    expect(await names()).toContain(name);
  });

  it('flush removes it with its domain', async () => {
    expect(await here('flush', '--force', '--yes')).toMatchObject({ code: 0 });
    expect(await names()).toEqual([]);
    expect(await incusCli('project', 'list', '--format', 'csv')).not.toContain(a);
  });
});
