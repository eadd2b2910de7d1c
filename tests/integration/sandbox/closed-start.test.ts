import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { probeImage } from '../../../src/images/index.ts';
import {
  deleteSandbox,
  type Sandbox,
  startSandbox,
  stopSandbox,
} from '../../../src/sandbox/index.ts';
import { type TestProject, testProject, twoDomains } from '../cli/projects.ts';
import { withoutFilled } from '../loaded-rules.ts';
import { anklume, type Outcome, uniqueName } from '../support.ts';

const name = uniqueName('first-');
let home: string;
let sandbox: Sandbox;
let project: TestProject;

const incus = async (...words: string[]) =>
  (await run(['incus', ...words], { env: { INCUS_DIR: sandbox.incusDir } })).stdout;
const here = (...words: string[]): Promise<Outcome> =>
  anklume(words, {
    cwd: project.folder,
    env: { ANKLUME_HOME: home, INCUS_SOCKET: sandbox.socket },
  });
const inside = async (...words: string[]) => (await run([...sandbox.host.enter, ...words])).stdout;
const ours = async (): Promise<string> => {
  const lines = (await inside('nft', 'list', 'tables'))
    .split('\n')
    .filter((line) => /anklume/.test(line));
  const texts = lines.map((line) => inside('nft', '-s', 'list', ...line.split(' ')));
  return (await Promise.all(texts)).map(withoutFilled).join('');
};

/** Sends from its first moment, before anybody gave it an address, to a neighbour domain and to its gateway. */
const SENDER = `ip link set eth0 up
ip addr add 10.229.1.10/24 dev eth0
ip route add default via 10.229.1.254
for one in $(seq 1 10); do
  for target in 10.229.2.10 10.229.2.254; do ping -i 1 $target >/dev/null & done
  sleep 0.1
done
wait
`;

/** Pings that reached a network namespace since it was made, and those that were sent from it. */
function pings(table: string): { readonly received: number; readonly sent: number } {
  const [names = '', values = ''] = table.split('\n').filter((line) => line.startsWith('Icmp: '));
  const value = (key: string) => Number(values.split(' ')[names.split(' ').indexOf(key)]);
  return { received: value('InEchos'), sent: value('OutEchos') };
}
const snmp = '/proc/net/snmp';
const atHost = async () => pings(await inside('sh', '-c', `cat ${snmp}`));
const atMachine = async (domain: string) =>
  pings(await incus('exec', '--project', domain, `${domain}-one`, '--', 'cat', snmp));

/** Until the sender has tried for a while: what it could not send at first, it sends again. */
async function untilTried(): Promise<void> {
  await expect
    .poll(async () => (await atMachine('ka')).sent, { timeout: 60_000, interval: 200 })
    .toBeGreaterThan(40);
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), `anklume-test-${process.pid}-`));
  process.env.ANKLUME_HOME = home;
  sandbox = await startSandbox(name);
  await incus('image', 'import', '--quiet', await probeImage(), '--alias', 'probe');
  project = await testProject(twoDomains('ka', 'kb', 229));
  for (const words of [['sync'], ['apply'], ['network', 'deploy']]) {
    const done = await here(...words);
    expect(done.code, done.stderr).toBe(0);
  }
  const script = join(project.folder, 'send');
  await writeFile(script, SENDER);
  await incus('file', 'push', '--quiet', '--project', 'ka', script, 'ka-one/root/send');
  const inittab = await incus('file', 'pull', '--project', 'ka', 'ka-one/etc/inittab', '-');
  await writeFile(script, `::respawn:/bin/sh /root/send\n${inittab}`);
  await incus('file', 'push', '--quiet', '--project', 'ka', script, 'ka-one/etc/inittab');
});
afterAll(async () => {
  await deleteSandbox(name);
  await project[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

describe('a sandbox that is started', () => {
  it('B06-08: has its rules before its machines, and no packet crosses', async () => {
    const before = await ours();
    await stopSandbox(name);
    sandbox = await startSandbox(name);
    await untilTried();
    expect([(await atHost()).received, (await atMachine('kb')).received]).toEqual([0, 0]);
    expect(await ours()).toBe(before);
    // What a policy opens is open.
    const answer = incus(
      'exec',
      '--project',
      'kb',
      'kb-one',
      '--',
      'timeout',
      '20',
      'nc',
      '-l',
      '-p',
      '80',
    );
    const ask = 'until echo heard | nc -w 1 10.229.2.10 80; do sleep 0.1; done';
    await incus('exec', '--project', 'ka', 'ka-one', '--', 'timeout', '20', 'sh', '-c', ask);
    expect((await answer).trim()).toBe('heard');
    expect((await here('status')).code).toBe(0);
  });

  it('B06-08: keeps machines closed whose rules nobody has kept', async () => {
    await stopSandbox(name);
    await rm(join(sandbox.folder, 'rules.nft'));
    sandbox = await startSandbox(name);
    await untilTried();
    expect([(await atHost()).received, (await atMachine('kb')).received]).toEqual([0, 0]);
    const status = await here('status');
    expect(status.code).toBe(1);
    expect(status.stderr).toContain('Closed until the rules are deployed: ka, kb');
    expect((await here('network', 'deploy')).code).toBe(0);
    expect((await here('status')).code).toBe(0);
    expect(await ours()).not.toContain('anklume-closed');
  });

  it('B06-08: keeps its rules when its daemon is killed and starts again', async () => {
    const before = await ours();
    const { stdout } = await run(['pgrep', '--full', `^/.*incusd .*${sandbox.folder}/incusd.log`]);
    process.kill(Number(stdout.trim().split('\n')[0]), 'SIGKILL');
    sandbox = await startSandbox(name);
    expect(await ours()).toBe(before);
    expect([(await atHost()).received, (await atMachine('kb')).received]).toEqual([0, 0]);
  });

  it('B06-08: closes what was made since, and what damaged rules do not hold', async () => {
    await writeFile(
      join(sandbox.folder, 'rules.nft'),
      'table inet anklume { chain x { jump nowhere } }',
    );
    await stopSandbox(name);
    const started = await here('status', `--sandbox=${name}`);
    expect(started.code).toBe(1);
    expect(started.stderr).toContain('could not be loaded');
    sandbox = await startSandbox(name);
    await untilTried();
    expect([(await atHost()).received, (await atMachine('kb')).received]).toEqual([0, 0]);
  });
});
