import { readlink, stat, statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import {
  ANY_STATUS,
  findProgram,
  type HostFacts,
  readHostFacts,
  readIfExists,
  run,
  thisHost,
} from '../../base/system/index.ts';
import { locateSocket } from '../../incus/index.ts';
import { type HostNetwork, readHostNetworks } from '../../isolation/index.ts';
import { withIncus } from './changes/incus.ts';
import { hasDatabase } from './data.ts';
import { familyOf } from './families.ts';
import { type Gpu, gpusOfLspci, gpusOfNvidiaSmi } from './gpu.ts';
import { MANAGERS } from './managers.ts';

/** What stands on this host before anything is decided: plain data. */
export interface Facts extends HostFacts {
  readonly hostname: string;
  /** Free bytes where machines are kept. */
  readonly freeBytes: number;
  /** Of the folder in which machines are kept. */
  readonly filesystem: 'btrfs' | 'zfs' | 'other';
  readonly networks: readonly HostNetwork[];
  readonly incus: IncusFacts;
  readonly lxd: boolean;
  readonly firewalls: readonly Firewall[];
  readonly gpus: readonly Gpu[];
  /** What the package manager says is wrong; absent where all is well, or where it was not asked. */
  readonly packagesBroken?: string;
  readonly launcher: 'free' | 'link' | 'file';
  /** Who called sudo. */
  readonly caller?: string;
}

export type Firewall = 'docker' | 'firewalld' | 'ufw';

export interface IncusFacts {
  /** `idle`: installed, and never ran; `stopped`: it ran, and does not answer. */
  readonly state: 'absent' | 'idle' | 'stopped' | 'running';
  /** What is in it. */
  readonly pools: readonly string[];
  readonly networks: readonly string[];
  readonly instances: number;
}

/** Where the command stands for everybody. */
export const LAUNCHER = '/usr/local/bin/anklume';
const DATA = '/var/lib';

/** Types of file systems, from statfs(2). */
const BTRFS = 0x9123683e;
const ZFS = 0x2fc12fc1;

/** Looks at this host, and changes nothing. */
export async function readFacts(env: NodeJS.ProcessEnv = process.env): Promise<Facts> {
  const host = await readHostFacts();
  const space = await statfs(DATA);
  const family = familyOf(host.system);
  const broken = family && host.isRoot ? await complaint(MANAGERS[family.manager]) : undefined;
  return {
    ...host,
    hostname: hostname(),
    freeBytes: space.bavail * space.bsize,
    filesystem: space.type === BTRFS ? 'btrfs' : space.type === ZFS ? 'zfs' : 'other',
    networks: (await findProgram('ip')) ? await readHostNetworks(thisHost) : [],
    incus: await readIncus(env),
    lxd: (await isThere('/var/lib/lxd')) || (await isThere('/var/snap/lxd')),
    firewalls: await readFirewalls(),
    gpus: await readGpus(),
    ...(broken !== undefined && { packagesBroken: broken }),
    launcher: await launcherState(),
    ...(env.SUDO_USER && env.SUDO_USER !== 'root' && { caller: env.SUDO_USER }),
  };
}

async function readIncus(env: NodeJS.ProcessEnv): Promise<IncusFacts> {
  const nothing = { pools: [], networks: [], instances: 0 };
  const socket = await locateSocket(env).catch(() => undefined);
  if (socket === undefined) {
    const program = await findProgram('incusd', ['/usr/libexec/incus', '/opt/incus/bin']);
    if (await hasDatabase()) return { state: 'stopped', ...nothing };
    return { state: program === undefined ? 'absent' : 'idle', ...nothing };
  }
  return withIncus(async (incus) => {
    const [pools, networks, instances] = await Promise.all([
      incus.pools.list(),
      incus.networks.list(),
      incus.instances.list(),
    ]);
    return {
      state: 'running' as const,
      pools: pools.map(({ name }) => name),
      networks: networks.filter(({ managed }) => managed).map(({ name }) => name),
      instances: instances.length,
    };
  });
}

async function readFirewalls(): Promise<Firewall[]> {
  const found: Firewall[] = [];
  if (await isThere('/run/docker.sock')) found.push('docker');
  if (await isActive('firewalld')) found.push('firewalld');
  // ufw is a oneshot unit that is active where its rules were not: its own file says whether they are.
  if ((await findProgram('ufw')) && /^ENABLED=yes$/m.test(await textOf('/etc/ufw/ufw.conf')))
    found.push('ufw');
  return found;
}

async function readGpus(): Promise<Gpu[]> {
  const ask = async (words: readonly string[]): Promise<string> => {
    if (!(await findProgram(words[0] ?? ''))) return '';
    // A driver that does not answer is no card that can be used.
    return run(words, { timeout: 20_000 }).then(
      ({ stdout }) => stdout,
      () => '',
    );
  };
  const query = ['--query-gpu=name,memory.total', '--format=csv,noheader,nounits'];
  const cards = gpusOfNvidiaSmi(await ask(['nvidia-smi', ...query]));
  return cards.length > 0 ? cards : gpusOfLspci(await ask(['lspci']));
}

async function complaint({ check, env }: (typeof MANAGERS)['apt']): Promise<string | undefined> {
  const [program = ''] = check;
  if (!(await findProgram(program))) return undefined;
  return run(check, { env }).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

async function launcherState(): Promise<Facts['launcher']> {
  return readlink(LAUNCHER).then(
    () => 'link',
    (error: NodeJS.ErrnoException) => (error.code === 'EINVAL' ? 'file' : 'free'),
  );
}

async function isActive(service: string): Promise<boolean> {
  if (!(await findProgram('systemctl'))) return false;
  const any = { accept: ANY_STATUS };
  return (await run(['systemctl', 'is-active', '--quiet', service], any)).code === 0;
}

async function textOf(path: string): Promise<string> {
  return (await readIfExists(path).catch(() => undefined))?.toString('utf8') ?? '';
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
