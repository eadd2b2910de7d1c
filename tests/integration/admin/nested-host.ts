import { type ChildProcess, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inject } from 'vitest';
import { productRoot, type RunResult, run } from '../../../src/base/system/index.ts';
import { LINGERING } from '../lingering.ts';
import { debianWith, hostImage } from '../nesting/host-image.ts';
import { incusCli } from '../support.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const PRODUCT = '/opt/anklume';
/** The project of the person, in a home that is closed to others. */
export const PROJECT = '/home/me/infra';
/** What the admin container and other machines are made from: Node, Ansible and git are in it, and no Incus. */
const TOOLS = ['nodejs', 'ansible-core', 'git', 'incus-client', 'python3-apt'];

/** Who does it: root, or the person with number 1000, who may use Incus. */
export type Who = 'root' | 'me';

/**
 * A real Debian 13 with systemd and an Incus of its own, in a container of the shared sandbox. It is entered by its
 * namespaces: Incus 6.0.4 does not always find what it executes in a machine whose system calls it intercepts.
 */
export class NestedHost {
  readonly name: string;
  #enter: readonly string[] = [];

  constructor(name: string) {
    this.name = name;
  }

  async launch(network: string): Promise<void> {
    const [host, tools] = [await hostImage(), await debianWith('nesting-tools', TOOLS)];
    await incusCli('image', 'import', host.metadata, host.rootfs, '--alias', this.name, '--quiet');
    const nesting = ['nesting', 'syscalls.intercept.mknod', 'syscalls.intercept.setxattr'];
    await incusCli(
      ...['launch', this.name, this.name, '--quiet', '--storage', 'default', '--network', network],
      ...nesting.flatMap((key) => ['--config', `security.${key}=true`]),
    );
    await this.give('product', productRoot(), PRODUCT);
    await this.give('images', dirname(tools.rootfs), '/srv/images');
    await this.booted();
    const files = [tools.metadata, tools.rootfs].map((path) =>
      path.replace(dirname(path), '/srv/images'),
    );
    await this.sh(`
      # What fits into its own sub-ids, and the person's number.
      printf 'root:1000000:500000000\\nroot:1000:1\\n' | tee /etc/subuid > /etc/subgid
      useradd --create-home --uid 1000 --shell /bin/bash --groups incus-admin me
      incus storage create default dir --quiet
      incus image import ${files.join(' ')} --alias tools --quiet`);
  }

  /** A folder of this machine, to read. */
  async give(device: string, source: string, path: string): Promise<void> {
    await incusCli(
      ...['config', 'device', 'add', this.name, device, 'disk', '--quiet'],
      ...[`source=${source}`, `path=${path}`, 'readonly=true'],
    );
  }

  /** Ends it as a host is ended, and waits until it is up again. */
  async reboot(): Promise<void> {
    await incusCli('restart', this.name);
    await this.booted();
  }

  async remove(): Promise<void> {
    await incusCli('delete', '--force', this.name).catch(() => '');
    await incusCli('image', 'delete', this.name).catch(() => '');
  }

  async booted(): Promise<void> {
    const { pid } = JSON.parse(await incusCli('query', `/1.0/instances/${this.name}/state`));
    const sandbox = ['nsenter', '-t', String(inject('holder')), '-m', '-n', '-p', '-C', '--'];
    this.#enter = [...sandbox, 'nsenter', '-t', String(pid), '-a', '--wd=/', '--'];
    await until(
      async () => (await this.run('root', ['systemctl', 'is-system-running'])).stdout === 'running',
    );
  }

  /** Runs a program; any exit status is an answer. */
  run(who: Who, argv: readonly string[]): Promise<RunResult> {
    return run([...this.#enter, ...as(who), ...argv], { accept: STATUSES });
  }

  /** Starts a program whose own end is awaited later. */
  start(who: Who, argv: readonly string[]): ChildProcess {
    const [program = '', ...words] = [...this.#enter, ...as(who), ...argv];
    return spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'] });
  }

  /** A few lines of shell as root, which must all succeed. */
  async sh(script: string): Promise<string> {
    const { code, stdout, stderr } = await this.run('root', ['sh', '-ec', script]);
    if (code !== 0) throw new Error(`${code}: ${stderr}\n${stdout}`);
    return stdout;
  }

  /** This program, in the project. */
  tool(...words: string[]): readonly string[] {
    return this.toolIn(PROJECT, ...words);
  }

  toolIn(folder: string, ...words: string[]): readonly string[] {
    return ['env', '-C', folder, 'node', `${PRODUCT}/dist/main.js`, ...words];
  }

  /** The same, run by the person to its end. */
  anklume(...words: string[]): Promise<RunResult> {
    return this.run('me', this.tool(...words));
  }

  /** A program in the admin container, by the client of the host. */
  inside(...argv: string[]): Promise<RunResult> {
    return this.run('root', [
      ...['incus', 'exec', '--project', 'anklume', 'anklume-instance', '--'],
      ...[...LINGERING, ...argv],
    ]);
  }
}

const STATUSES = Array.from({ length: 256 }, (_, code) => code);

function as(who: Who): string[] {
  const home = who === 'me' ? '/home/me' : '/root';
  const env = ['env', '-i', `PATH=${PATH}`, `HOME=${home}`, 'LANG=C.UTF-8', 'ANKLUME_LANG=en'];
  return who === 'me' ? ['runuser', '-u', 'me', '--', ...env] : env;
}

/** Repeats until it is so; two minutes at most. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  const start = performance.now();
  while (!(await isSo())) {
    if (performance.now() - start > 120_000) throw new Error('it is not so after two minutes');
    await pause(100);
  }
}
