import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { anklume, incusCli, incusQuery, inSandbox, resultOf, uniqueName } from '../support.ts';
import { type TestProject, testProject } from './projects.ts';

const a = uniqueName('sn');
let project: TestProject;
const here = (...args: string[]) => anklume(args, { cwd: project.folder });

/** Three machines; what is written is all that changes from one test to the next. */
const infra = (base: string, subnet: number, more = '') => `project_name: ${a}
global: { default_os_image: probe, base_subnet: "${base}" }
domains:
  ${a}:
    subnet_id: ${subnet}
    ephemeral: true
    machines:
      ${a}-one: { ip: "${base}.${subnet}.1"${more} }
      ${a}-two: { ip: "${base}.${subnet}.2" }
      ${a}-ice: { ip: "${base}.${subnet}.3" }
`;
const move = async (base: string, subnet: number, more = '') => {
  await project.write(infra(base, subnet, more));
  return here('apply', '--sync', '--yes');
};

interface Nic {
  readonly addresses: readonly { readonly family: string; readonly address: string }[];
}
interface Live {
  readonly name: string;
  readonly status: string;
  readonly devices: { readonly eth0: Readonly<Record<string, string>> };
  readonly state: { readonly network: { readonly eth0: Nic } | null };
}

const machines = () => incusQuery<Live[]>(`/1.0/instances?project=${a}&recursion=2`);
/** State, pinned address and the address that the machine really has, of each, in the order of their names. */
const seen = async () =>
  (await machines()).map(({ status, devices, state }) => [
    status,
    devices.eth0['ipv4.address'],
    state.network?.eth0.addresses.find(({ family }) => family === 'inet')?.address,
  ]);
const bridge = async () =>
  (await incusQuery<{ config: Record<string, string> }>(`/1.0/networks/net-${a}`)).config[
    'ipv4.address'
  ];
/** Every machine runs, on this subnet, and has the address that it should have. */
const standsOn = async (subnet: string) => {
  const all = [3, 1, 2].map((host) => ['Running', `${subnet}.${host}`, `${subnet}.${host}`]);
  await expect.poll(seen, { timeout: 60_000, interval: 200 }).toEqual(all);
  expect(await bridge()).toBe(`${subnet}.254/24`);
};

beforeAll(async () => {
  project = await testProject(infra('10.183', 10));
  const socket = ['--socket', inject('socket')];
  expect((await here('apply', '--sync', '--yes', ...socket)).code).toBe(0);
});
afterAll(async () => {
  await here('flush', '--force', '--yes');
  await project[Symbol.asyncDispose]();
});

describe('case 03: the subnet of a domain with running machines', () => {
  it('B07-06: is changed, all machines with it, one that is frozen as well', async () => {
    await standsOn('10.183.10');
    await incusCli('snapshot', 'create', `${a}-one`, 'before', '--project', a);
    await incusCli('pause', `${a}-ice`, '--project', a);
    const applied = await move('10.183', 11);
    expect(applied).toMatchObject({ code: 0 });
    await standsOn('10.183.11');
    expect((await here('apply', '--json')).code).toBe(0);
    expect(resultOf<{ entries: unknown[] }>(await here('plan', '--json')).entries).toEqual([]);
  }, 120_000);

  it('B07-06: goes back with a rollback', async () => {
    const back = await here('rollback', '--yes');
    expect(back).toMatchObject({ code: 0 });
    await standsOn('10.183.10');
  }, 120_000);

  it('B07-06: changes with base_subnet too, together with another change', async () => {
    const moved = await move('10.184', 12, ', config: { limits.processes: "200" }');
    expect(moved).toMatchObject({ code: 0 });
    await standsOn('10.184.12');
    const limit = await incusCli('config', 'get', `${a}-one`, 'limits.processes', '--project', a);
    expect(limit.trim()).toBe('200');
  }, 120_000);

  it('is all or nothing: a machine that does not come up takes the whole domain back', async () => {
    // Nothing in the plan tells that Incus will not start it.
    await incusCli(
      'config',
      'set',
      `${a}-two`,
      'raw.lxc=lxc.hook.pre-start=/bin/false',
      '--project',
      a,
    );
    const failed = await move('10.184', 13);
    expect(failed.code).toBe(1);
    expect(failed.stdout + failed.stderr).toContain('did not get its new subnet');
    expect(await bridge()).toBe('10.184.12.254/24');
    const states = await seen();
    expect(states.map(([status, pinned]) => [status, pinned])).toEqual([
      ['Running', '10.184.12.3'],
      ['Running', '10.184.12.1'],
      ['Stopped', '10.184.12.2'],
    ]);
    await incusCli('config', 'unset', `${a}-two`, 'raw.lxc', '--project', a);
    expect((await move('10.184', 13)).code).toBe(0);
    await standsOn('10.184.13');
  }, 180_000);

  it('a bridge that was moved under its machines is caught up with', async () => {
    await incusCli('network', 'set', `net-${a}`, 'ipv4.address=10.184.14.254/24');
    expect((await move('10.184', 14)).code).toBe(0);
    await standsOn('10.184.14');
  }, 120_000);
});

it('a gateway whose port 53 another program has: it is named, nothing is lost, nothing is to be deleted', async () => {
  const hold = `import socket, time
held = []
for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
    one = socket.socket(socket.AF_INET, kind)
    one.setsockopt(0, 15, 1)  # before the address is there
    one.bind(("10.184.16.254", 53))
    if kind == socket.SOCK_STREAM: one.listen()
    held.append(one)
print("held", flush=True)
time.sleep(600)`;
  const enter = ['-t', String(inject('holder')), '-m', '-n', '-p', '--'];
  const holder = spawn('nsenter', [...enter, 'python3', '-c', hold]);
  try {
    await once(holder.stdout, 'data');
    const failed = await move('10.184', 16);
    expect(failed.code).toBe(1);
    const said = failed.stdout + failed.stderr;
    expect(said).toMatch(/another program has port 53 of 10\.184\.16\.254/);
    expect(said).toMatch(
      /→ python3 \(pid \d+\) holds it on this host\..* Nothing has to be deleted\./,
    );
    await standsOn('10.184.14');
  } finally {
    const ended = once(holder, 'close');
    await inSandbox('pkill', '-f', '10.184.16.254');
    await ended;
  }
  expect((await move('10.184', 16)).code).toBe(0);
  expect((await move('10.184', 14)).code).toBe(0);
  await standsOn('10.184.14');
}, 180_000);

describe('a network that the host comes to use later, such as a VPN', () => {
  const device = `${a}v`.slice(0, 15);
  beforeAll(async () => {
    await inSandbox('ip', 'link', 'add', device, 'type', 'bridge');
    await inSandbox('ip', 'addr', 'add', '10.184.14.129/25', 'dev', device);
    await inSandbox('ip', 'link', 'set', device, 'up');
  });
  afterAll(() => inSandbox('ip', 'link', 'delete', device));

  it('is told by status and plan, and stands in the way of no other change', async () => {
    for (const words of [['status'], ['plan']]) {
      const told = await here(...words);
      expect(`${told.stdout}${told.stderr}`).toContain(
        `10.184.14.129/25 on ${device}, which overlaps the subnet 10.184.14.0/24`,
      );
    }
    const changed = await move('10.184', 14, ', config: { limits.processes: "300" }');
    expect(changed).toMatchObject({ code: 0, stderr: expect.stringContaining(device) });
  }, 60_000);

  it('B07-06: the remedy is what it says: another subnet, with the machines that run', async () => {
    expect((await move('10.184', 15)).code).toBe(0);
    await standsOn('10.184.15');
    expect((await here('status')).stderr).not.toContain(device);
    const back = await move('10.184', 14);
    expect(back).toMatchObject({ code: 2, stderr: expect.stringContaining('move along') });
  }, 120_000);
});
