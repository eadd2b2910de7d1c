import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  anklume,
  clearAway,
  incusCli,
  incusQuery,
  inSandbox,
  resultOf,
  uniqueName,
} from '../integration/support.ts';
import {
  firewall,
  inside,
  lineOf,
  type Provisioned,
  projectOf,
  type Up,
  worldText,
} from './world.ts';

const tag = uniqueName('v');
const names = { adm: `${tag}m`, mix: `${tag}x`, out: `${tag}o` };
const { adm, mix, out } = names;
const [vm, watch, client] = [`${mix}-vm`, `${mix}-watch`, `${out}-1`];
const PATIENT = ['--agent-wait', '1000'];

interface Live {
  readonly type: string;
  readonly status: string;
  readonly config: Readonly<Record<string, string>>;
  readonly expanded_config: Readonly<Record<string, string>>;
}
const look = (name: string) => incusQuery<Live>(`/1.0/instances/${name}?project=${mix}`);

let folder = '';
/** Every line that the run in which the machines came up printed. */
let lines: string[] = [];
let came: Up;

beforeAll(async () => {
  folder = await projectOf(worldText(names), {
    // Nothing to fetch: these machines have no way out.
    [`host_vars/${vm}.yml`]: 'base_system_packages: []\nbase_system_timezone: Europe/Paris\n',
  });
});
afterAll(async () => {
  await clearAway(folder, Object.values(names));
});

describe('virtual machines that boot', () => {
  it('P09-04: are told as late, by name and with what to do, when their agents do not answer in time', async () => {
    const early = await anklume(['up', '--yes', '--skip-provision', '--agent-wait', '2'], {
      cwd: folder,
    });
    expect(early.code).not.toBe(0);
    expect(early.stderr).toContain(`The agent of '${vm}' did not answer within 2 s.`);
    expect(early.stderr).toContain(`anklume incus -- console ${vm} --project ${mix} --show-log`);
  });

  it('P09-01 P09-04: come up; their agents are asked until they answer, then roles begin', async () => {
    const up = await anklume(['up', '--yes', '--json', ...PATIENT], { cwd: folder });
    lines = up.stderr.split('\n');
    came = resultOf<Up>(up);
    expect(up, up.stderr).toMatchObject({ code: 0 });
    const types = lines
      .filter((line) => line.includes(`"ready:${mix}/${vm}"`))
      .map((line): string => JSON.parse(line).type);
    expect(types[0]).toBe('step.started');
    expect(types).toContain('step.progress');
    expect(types.at(-1)).toBe('step.done');
    const ready = lines.findLastIndex((line) => line.includes(`"ready:${mix}/${vm}"`));
    expect(lineOf(lines, `"provision`)).toBeGreaterThan(ready);
    expect(await look(vm)).toMatchObject({ type: 'virtual-machine', status: 'Running' });
  });

  it('P09-01: have a kernel of their own, where the container has that of the host', async () => {
    const version = ['cat', '/proc/version'];
    const host = await inSandbox(...version);
    expect(await inside(mix, watch, ...version)).toBe(host);
    expect(await inside(mix, vm, ...version)).not.toBe(host);
    expect(await inside(mix, vm, 'cat', '/proc/cmdline')).toContain('root=UUID=');
  });

  it('P09-07: reach the container of their domain on its bridge, and it them', async () => {
    await inside(mix, watch, 'ping', '-c', '3', '-W', '10', '10.76.1.10');
    await inside(mix, vm, 'ping', '-c', '3', '-W', '10', '10.76.1.20');
  });

  it('P09-06: have the processors and the memory of their config, also where that is little', async () => {
    expect(await look(vm)).toMatchObject({
      config: { 'limits.cpu': '1', 'limits.memory': '320MiB' },
    });
    expect((await inside(mix, vm, 'nproc')).trim()).toBe('1');
    const total = /MemTotal:\s+(\d+) kB/.exec(await inside(mix, vm, 'cat', '/proc/meminfo'));
    const mebibytes = Number(total?.[1]) / 1024;
    expect(mebibytes).toBeGreaterThan(200);
    expect(mebibytes).toBeLessThanOrEqual(320);
  });

  it('P09-09: have what is declared and what Incus gives every virtual machine, and nothing else', async () => {
    const own = (config: Live['expanded_config']) =>
      Object.fromEntries(
        Object.entries(config).filter(([key]) => !/^(volatile|image|user\.anklume)\./.test(key)),
      );
    expect(own((await look(vm)).expanded_config)).toEqual({
      'limits.cpu': '1',
      'limits.memory': '320MiB',
      'security.protection.delete': 'false',
    });
    await incusCli('create', 'debian/13/vm', 'plain', '--vm', '--no-profiles', '-s', 'default');
    const plain = await incusQuery<Live>('/1.0/instances/plain');
    await incusCli('delete', 'plain');
    expect(own(plain.expanded_config)).toEqual({});
  });

  it('P09-05: roles work in them as in containers, and the second time change nothing', async () => {
    const { provision } = came;
    expect(provision).toMatchObject({ done: true, failed: 0 });
    expect(provision?.machines.find(({ machine }) => machine === vm)?.changed).toBeGreaterThan(0);
    expect(await inside(mix, vm, 'readlink', '/etc/localtime')).toContain('Europe/Paris');
    const again = await anklume(['apply', 'provision', '--yes', '--json'], { cwd: folder });
    const second = resultOf<{ provision: Provisioned }>(again).provision;
    expect(second).toMatchObject({ done: true, failed: 0, changed: 0 });
  });

  it('P09-08: change nothing when applied a second time', async () => {
    const again = await anklume(['apply', 'infra', '--yes', '--json'], { cwd: folder });
    expect(resultOf(again)).toMatchObject({ done: 0, failed: 0, skipped: 0 });
  });
});

describe('a firewall that is a virtual machine', () => {
  const traced = async () => {
    const trace = ['traceroute', '-n', '-q', '1', '-w', '5', '-m', '5', '10.76.1.20'];
    const text = await inside(out, client, ...trace);
    return text
      .split('\n')
      .slice(1, 4)
      .map((line) => line.trim().split(/ +/)[1]);
  };
  const reaches = async () => {
    const nc = ['sh', '-c', 'nc -w 5 10.76.1.20 443 2>&1 || true'];
    return (await inside(out, client, ...nc)).includes('refused');
  };

  it('P11-07: stands after one up, and forwards', () => {
    expect(came).toMatchObject({ good: true, firewall: { changed: true } });
  });

  it('P11-03: has a kernel of its own, and what a policy opens passes it', async () => {
    const release = ['cat', '/proc/sys/kernel/osrelease'];
    expect(await firewall(adm, ...release)).not.toBe(await inSandbox(...release));
    expect(await traced()).toEqual(['10.76.2.254', '10.76.2.253', '10.76.1.20']);
    expect(await reaches()).toBe(true);
  });

  it('P11-07: apply infra leaves its inside alone, apply provision puts it right', async () => {
    const rules = ['cat', '/etc/anklume/router.nft'];
    const before = await firewall(adm, ...rules);
    await firewall(adm, 'rm', '/etc/anklume/router.nft');
    const infra = resultOf<Up>(await anklume(['apply', 'infra', '--json'], { cwd: folder }));
    expect(infra.firewall).toBeUndefined();
    await expect(firewall(adm, ...rules)).rejects.toThrow();
    const phase = await anklume(['apply', 'provision', '--json'], { cwd: folder });
    expect(resultOf<Up>(phase).firewall).toEqual({ changed: true });
    expect(await firewall(adm, ...rules)).toBe(before);
    const profile = await incusQuery<{ devices: Record<string, { network: string }> }>(
      `/1.0/profiles/sys-firewall?project=${adm}`,
    );
    expect(Object.entries(profile.devices).map(([card, { network }]) => [card, network])).toEqual(
      [adm, out, mix].map((name, at) => [`eth${at}`, `net-${name}`]),
    );
  });

  it('P11-03 P11-05: no packet crosses while it stands still; started again, it forwards by itself', async () => {
    await incusCli('stop', '--force', '--project', adm, 'sys-firewall');
    expect(await reaches()).toBe(false);
    await incusCli('start', '--project', adm, 'sys-firewall');
    await expect.poll(reaches, { timeout: 600_000, interval: 3000 }).toBe(true);
    // The kernel of the host says little so soon after what it had to refuse.
    expect((await traced()).slice(1)).toEqual(['10.76.2.253', '10.76.1.20']);
  });
});

describe('the proof', () => {
  it('P08-01: goes out from virtual machines, and to them, with datagrams too', async () => {
    for (const end of ['from', 'to'] as const) {
      const cells = came.proof.cells.filter((cell) => cell[end] === vm);
      expect(cells.filter(({ protocol }) => protocol === 'udp').length).toBeGreaterThan(1);
      expect(cells.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
    }
    expect(came.proof.holds).toBe(true);
  });
});
