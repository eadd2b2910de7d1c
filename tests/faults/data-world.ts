import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { digestOf, rootOf } from '../integration/backup/world.ts';
import { listed, removeDomains } from '../integration/engine/daemon.ts';
import {
  anklume,
  incusQuery,
  inSandbox,
  type Outcome,
  uniqueName,
} from '../integration/support.ts';
import type { Tap } from './tap.ts';
import { worldOf } from './world.ts';

/** Two machines in two domains, with a few MB of data each that has to be what it was after every kill. */
export class DataWorld implements AsyncDisposable {
  readonly keeps = uniqueName('k');
  readonly leaves = uniqueName('l');
  readonly project = `faults-${this.keeps}`;
  readonly domains = [this.keeps, this.leaves] as const;
  readonly #tap: Tap;
  readonly folder: string;
  readonly backups: string;

  private constructor(tap: Tap, folder: string) {
    this.#tap = tap;
    this.folder = folder;
    this.backups = join(folder, 'backups');
  }

  static async make(tap: Tap): Promise<DataWorld> {
    const world = new DataWorld(tap, await mkdtemp(join(tmpdir(), 'anklume-faults-')));
    await world.declare(100);
    await world.must('apply', '--no-isolation');
    return world;
  }

  /** The machine of a domain. */
  machine(domain: string): string {
    return `${domain}-1`;
  }

  /** Writes infra.yml and its tree: `limits` of all machines, without the second domain where that is asked for. */
  async declare(limits: number, both = true): Promise<void> {
    const lines = this.domains
      .slice(0, both ? 2 : 1)
      .map(
        (domain, index) =>
          `  ${domain}: {subnet_id: ${index + 1}, ephemeral: true, machines: {${this.machine(domain)}: {config: {limits.processes: "${limits}"}}}}\n`,
      );
    const head = `project_name: ${this.project}\nglobal: {base_subnet: "10.84", default_os_image: probe}\ndomains:\n`;
    await writeFile(join(this.folder, 'infra.yml'), head + lines.join(''));
    await this.must('sync', '--delete-orphans');
  }

  tool(words: readonly string[], killWhen?: AbortSignal): Promise<Outcome> {
    return anklume(words, {
      cwd: this.folder,
      env: { INCUS_SOCKET: this.#tap.socket },
      ...(killWhen && { killWhen }),
    });
  }

  /** Runs the tool, which has to come through; its standard output. */
  async must(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.tool(words);
    expect(code, `${words.join(' ')}:\n${stdout}${stderr}`).toBe(0);
    return stdout;
  }

  /** New data in a machine, and no backup of the old. */
  async fill(domain: string): Promise<void> {
    await rm(this.backups, { recursive: true, force: true });
    const data = `${rootOf(domain, this.machine(domain))}/data`;
    const script =
      'rm -rf $0; mkdir -p $0/many && for n in $(seq 100); do echo $n > $0/many/$n; done && cd $0 && ' +
      'head -c 2000000 /dev/urandom > noise && ln noise twin && ln -s noise link && mkfifo pipe && ' +
      'echo x > "odd  name" && chmod 4711 "odd  name" && setfattr -n user.note -v kept noise';
    await inSandbox('sh', '-c', script, data);
  }

  /** Destroys part of a machine's data and adds to it. */
  async spoil(domain: string): Promise<void> {
    const data = `${rootOf(domain, this.machine(domain))}/data`;
    await inSandbox('sh', '-c', 'rm -r $0/many $0/link; echo late > $0/noise; touch $0/new', data);
  }

  machines() {
    return listed(...this.domains);
  }

  /** A checksum of the data of both machines. */
  async data(): Promise<string[]> {
    const all: string[] = [];
    for (const domain of this.domains)
      all.push(await digestOf(domain, this.machine(domain), '/data'));
    return all;
  }

  /** All objects of this infrastructure as the API has them, without the marks of snapshots that were gone back to. */
  async shape(): Promise<unknown> {
    const marks = ['user.anklume.restored', 'user.anklume.restoring'];
    const text = JSON.stringify(await worldOf(this.project));
    return JSON.parse(text, (key, value) => (marks.includes(key) ? undefined : value));
  }

  /** What a killed run may leave for the next one, but no run for ever: nothing of it, when all is well. */
  async leftovers(): Promise<string[]> {
    const machines = await this.machines();
    const found = machines
      .filter(({ name, status }) => !this.#isOurs(name) || status !== 'Running')
      .map(({ name, status }) => `machine ${name} ${status}`);
    for (const { name, project, config } of machines) {
      if ((config['user.anklume.restoring'] ?? '') !== '') found.push(`mark on ${name}`);
      const backups = `/1.0/instances/${name}/backups?project=${project}`;
      found.push(...(await incusQuery<string[]>(backups)));
    }
    const volumes = await incusQuery<{ name: string; project: string }[]>(
      '/1.0/storage-pools/default/volumes?recursion=1&all-projects=true',
    );
    for (const { name, project } of volumes)
      if (this.domains.includes(project) && !name.includes('/') && !this.#isOurs(name))
        found.push(`volume ${project}/${name}`);
    const files = await readdir(this.folder, { recursive: true });
    return [...found, ...files.filter((name) => /\.(tmp|part|anklume-part)$/.test(name))];
  }

  #isOurs(name: string): boolean {
    return this.domains.some((domain) => this.machine(domain) === name);
  }

  async snapshots(domain: string): Promise<string[]> {
    const path = `/1.0/instances/${this.machine(domain)}/snapshots?recursion=1&project=${domain}`;
    return (await incusQuery<{ name: string }[]>(path)).map(({ name }) => name).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tool(['history', 'delete', '--keep', '0', '--yes']);
    await removeDomains(...this.domains);
    await rm(this.folder, { recursive: true, force: true });
  }
}
