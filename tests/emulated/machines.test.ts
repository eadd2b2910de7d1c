import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Commands } from './host/commands.ts';
import { anklumeIn, anklumeOutcome } from './host/inside.ts';
import { untilVmsWork } from './host/qemu-ready.ts';
import { removeWorld, writeWorld } from './host/worlds.ts';

const FOLDER = '/root/mixed';
const PROJECT = 'mixed';

/** As in the example sandbox-isolation: a virtual machine and a container in one domain. */
const WORLD = `project_name: emulated-mixed
global:
  base_subnet: "10.100"
domains:
  ${PROJECT}:
    subnet_id: 1
    trust_level: untrusted
    internet: false
    ephemeral: true
    machines:
      mixed-vm:
        type: vm
        ip: "10.100.1.10"
        os_image: "images:debian/13"
        config:
          limits.cpu: "1"
          limits.memory: 384MiB
      mixed-watch:
        type: lxc
        ip: "10.100.1.20"
        os_image: probe
`;

const NO_KVM = '/etc/modprobe.d/tests.conf';

let commands: Commands;
const incus = (...args: string[]) => commands.run(['incus', ...args, '--project', PROJECT]);
const inside = (name: string, ...argv: string[]) => incus('exec', name, '--', ...argv);

interface Live {
  readonly type: string;
  readonly status: string;
  readonly config: Readonly<Record<string, string>>;
  readonly expanded_config: Readonly<Record<string, string>>;
}
const look = async (name: string): Promise<Live> =>
  JSON.parse(await commands.run(['incus', 'query', `/1.0/instances/${name}?project=${PROJECT}`]));

beforeAll(async () => {
  commands = new Commands(inject('commands'));
  await writeWorld(commands, FOLDER, WORLD);
});
afterAll(async () => {
  await removeWorld(commands, [PROJECT]);
  commands.close();
});

describe('where there is no KVM', () => {
  it('P09-01: apply refuses the virtual machine before any change, and names KVM', async () => {
    await commands.run(['systemctl', 'stop', 'incus.service', 'incus.socket']);
    // Whoever asks for the module again gets none.
    await commands.run(['tee', NO_KVM], { input: 'install kvm_amd /bin/false\n' });
    await commands.run(['modprobe', '--remove', 'kvm_amd', 'kvm']);
    await commands.run(['rm', '-f', '/dev/kvm']);
    try {
      await commands.run(['systemctl', 'start', 'incus.socket']);
      const refused = await anklumeOutcome(commands, ['up', '--yes'], { cwd: FOLDER });
      expect(refused.code).not.toBe(0);
      expect(`${refused.stdout}${refused.stderr}`).toMatch(/'mixed-vm'.*KVM/);
      const projects = await commands.run(['incus', 'project', 'list', '--format', 'csv']);
      expect(projects).not.toContain(PROJECT);
    } finally {
      await commands.run(['systemctl', 'stop', 'incus.service', 'incus.socket']);
      await commands.run(['rm', NO_KVM]);
      await commands.run(['modprobe', 'kvm_amd']);
      await commands.run(['systemctl', 'start', 'incus.socket']);
    }
  });
});

describe('a virtual machine beside a container', () => {
  beforeAll(() => untilVmsWork(commands));

  it('P09-01 P09-04: comes up; its agent is asked until it answers, and failed tries are no failure', async () => {
    const words = ['up', '--yes', '--json', '--agent-wait', '1000'];
    const up = await anklumeOutcome(commands, words, { cwd: FOLDER, seconds: 1200 });
    expect(up, up.stderr).toMatchObject({ code: 0 });
    const about = up.stdout
      .split('\n')
      .filter((line) => line.includes(`"ready:${PROJECT}/mixed-vm"`))
      .map((line): string => JSON.parse(line).type);
    expect(about[0]).toBe('step.started');
    expect(about).toContain('step.progress');
    expect(about.at(-1)).toBe('step.done');
    expect(await look('mixed-vm')).toMatchObject({ type: 'virtual-machine', status: 'Running' });
  });

  it('P09-01: has a kernel of its own, where the container has that of the host', async () => {
    const bootId = ['cat', '/proc/sys/kernel/random/boot_id'];
    const host = await commands.run(bootId);
    expect(await inside('mixed-watch', ...bootId)).toBe(host);
    expect(await inside('mixed-vm', ...bootId)).not.toBe(host);
    expect(await inside('mixed-vm', 'cat', '/proc/cmdline')).toContain('root=UUID=');
  });

  it('P09-07: they reach each other on the bridge of their domain', async () => {
    await inside('mixed-watch', 'ping', '-c', '3', '-W', '10', '10.100.1.10');
    await inside('mixed-vm', 'ping', '-c', '3', '-W', '10', '10.100.1.20');
  });

  it('P09-06: the guest has the processors and the memory of its config, also where that is little', async () => {
    expect(await look('mixed-vm')).toMatchObject({
      config: { 'limits.cpu': '1', 'limits.memory': '384MiB' },
    });
    expect((await inside('mixed-vm', 'nproc')).trim()).toBe('1');
    const total = /MemTotal:\s+(\d+) kB/.exec(await inside('mixed-vm', 'cat', '/proc/meminfo'));
    const mebibytes = Number(total?.[1]) / 1024;
    expect(mebibytes).toBeGreaterThan(256);
    expect(mebibytes).toBeLessThanOrEqual(384);
  });

  it('P09-09: it has what is declared and what Incus gives every virtual machine, and nothing else', async () => {
    const { expanded_config } = await look('mixed-vm');
    const ours = Object.entries(expanded_config).filter(
      ([key]) => !/^(volatile|image|user\.anklume)\./.test(key),
    );
    expect(Object.fromEntries(ours)).toEqual({
      'limits.cpu': '1',
      'limits.memory': '384MiB',
      'security.protection.delete': 'false',
    });
    await commands.run([
      'incus',
      'create',
      'debian/13/vm',
      'plain',
      '--vm',
      '--no-profiles',
      '--storage',
      'default',
    ]);
    const plain = JSON.parse(
      await commands.run(['incus', 'query', '/1.0/instances/plain']),
    ) as Live;
    await commands.run(['incus', 'delete', 'plain']);
    const defaults = Object.keys(plain.expanded_config).filter(
      (key) => !/^(volatile|image)\./.test(key),
    );
    expect(defaults).toEqual([]);
  });

  it('P09-08: a second apply changes nothing', async () => {
    const json = await anklumeIn(commands, ['apply', '--yes', '--json'], { cwd: FOLDER });
    const result = json.split('\n').find((line) => line.includes('"type":"apply"'));
    expect(JSON.parse(result ?? '{}')).toMatchObject({ done: 0, failed: 0, skipped: 0 });
  });
});
