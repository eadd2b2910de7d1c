import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { productRoot, type RunResult, run } from '../../src/base/system/index.ts';
import { connect, type Incus } from '../../src/incus/index.ts';
import { deleteSandbox, type Sandbox, startSandbox } from '../../src/sandbox/index.ts';

const NAME = 'nested';
const STATUSES = Array.from({ length: 256 }, (_, code) => code);

/** A sandbox of its own with a way to packages, in a home of its own: it plays the host of hosts. */
export class Bed {
  readonly home: string;
  readonly sandbox: Sandbox;
  readonly door: Incus;

  private constructor(home: string, sandbox: Sandbox, door: Incus) {
    this.home = home;
    this.sandbox = sandbox;
    this.door = door;
  }

  static async make(): Promise<Bed> {
    const home = await mkdtemp(join(tmpdir(), 'anklume-nested-'));
    process.env.ANKLUME_HOME = home;
    const sandbox = await startSandbox(NAME, { uplink: true, assumeYes: true });
    return new Bed(home, sandbox, await connect({ socket: sandbox.socket }));
  }

  async remove(): Promise<void> {
    await this.door.close();
    await deleteSandbox(NAME);
    await rm(this.home, { recursive: true, force: true });
    delete process.env.ANKLUME_HOME;
  }

  /** The client, a look from outside. */
  async incus(...words: string[]): Promise<string> {
    const env = { INCUS_DIR: this.sandbox.incusDir };
    return (await run(['incus', ...words], { env })).stdout;
  }

  /** The launcher, as a person would; any exit status is an answer. */
  anklume(...words: string[]): Promise<RunResult> {
    return run([join(productRoot(), 'anklume'), ...words, `--sandbox=${NAME}`, '--yes', '--json'], {
      env: { ANKLUME_HOME: this.home, ANKLUME_LANG: 'en' },
      accept: STATUSES,
    });
  }

  /** The same, ended by SIGKILL when the signal says so: throws then. */
  anklumeUntil(signal: AbortSignal, ...words: string[]): Promise<RunResult> {
    const all = [...words, `--sandbox=${NAME}`, '--yes', '--json'];
    return run([join(productRoot(), 'anklume'), ...all], {
      env: { ANKLUME_HOME: this.home, ANKLUME_LANG: 'en' },
      signal,
      killSignal: 'SIGKILL',
    });
  }

  /** A few lines of shell in a machine, which must all succeed. */
  async sh(machine: string, project: string, script: string): Promise<string> {
    const { code, stdout, stderr } = await this.door.instances.exec(
      machine,
      ['sh', '-ec', script],
      { project, retried: true, env: { HOME: '/root', LC_ALL: 'C.UTF-8', ANKLUME_LANG: 'en' } },
    );
    if (code !== 0) throw new Error(`${code}: ${stderr}\n${stdout}`.slice(-4000));
    return stdout.trim();
  }

  /** What the host has: of Incus by the client, of the kernel by nft. */
  async everything(): Promise<string[]> {
    const kinds = ['projects', 'networks', 'instances', 'profiles'];
    const lists = kinds.map((kind) =>
      this.incus('query', `/1.0/${kind}?${kind === 'projects' ? '' : 'all-projects=true'}`),
    );
    const rules = run([...this.sandbox.host.enter, 'nft', '--stateless', 'list', 'ruleset']);
    return Promise.all([...lists, rules.then(({ stdout }) => stdout)]);
  }
}

/** The lines of JSON that a command printed. */
export function lines<T>({ stdout }: RunResult): T[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}
