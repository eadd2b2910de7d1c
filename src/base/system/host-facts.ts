import { access, constants, readFile } from 'node:fs/promises';
import { availableParallelism, release } from 'node:os';

/** What this machine is and can do, as far as a look at its files tells. */
export interface HostFacts {
  readonly system: OsRelease;
  readonly kernel: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** What the kernel could give to new programs without swapping. */
  readonly freeMemoryBytes: number;
  readonly isRoot: boolean;
  readonly systemd: boolean;
  /** Virtual machines with hardware help: /dev/kvm can be opened. */
  readonly kvm: boolean;
  /** Incus needs it for every virtual machine. */
  readonly vhostVsock: boolean;
  readonly virtualisation: 'none' | 'machine' | 'container';
}

/** The distribution, from os-release. */
export interface OsRelease {
  /** `debian`, `ubuntu`, `fedora`, ... or an empty word. */
  readonly id: string;
  readonly like: readonly string[];
  /** `bookworm`; empty where a distribution has none. */
  readonly codename: string;
  readonly version: string;
  readonly name: string;
}

/** Looks at this machine. */
export async function readHostFacts(): Promise<HostFacts> {
  const meminfo = await text('/proc/meminfo');
  return {
    system: parseOsRelease((await text('/etc/os-release')) || (await text('/usr/lib/os-release'))),
    kernel: release(),
    cpus: availableParallelism(),
    memoryBytes: memory(meminfo, 'MemTotal'),
    freeMemoryBytes: memory(meminfo, 'MemAvailable'),
    isRoot: process.getuid?.() === 0,
    systemd: await can('/run/systemd/system', constants.F_OK),
    kvm: await can('/dev/kvm', constants.R_OK | constants.W_OK),
    vhostVsock: await can('/dev/vhost-vsock', constants.F_OK),
    virtualisation: await virtualisation(),
  };
}

/** Reads os-release: `KEY=value` lines, with or without quotes. */
export function parseOsRelease(content: string): OsRelease {
  const values = new Map<string, string>();
  for (const line of content.split('\n')) {
    const [, key, quoted] = /^([A-Z_]+)=(.*)$/.exec(line.trim()) ?? [];
    if (key !== undefined) values.set(key, (quoted ?? '').replace(/^(["'])(.*)\1$/, '$2'));
  }
  return {
    id: values.get('ID') ?? '',
    like: (values.get('ID_LIKE') ?? '').split(' ').filter(Boolean),
    codename: values.get('VERSION_CODENAME') ?? '',
    version: values.get('VERSION_ID') ?? '',
    name: values.get('PRETTY_NAME') ?? values.get('NAME') ?? '',
  };
}

/** Bytes of one line of /proc/meminfo, which counts in KiB; 0 when the line is missing. */
function memory(meminfo: string, key: string): number {
  return Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0) * 1024;
}

async function virtualisation(): Promise<HostFacts['virtualisation']> {
  const inContainer =
    /(^|\0)container=/.test(await text('/proc/1/environ')) ||
    (await can('/run/.containerenv', constants.F_OK)) ||
    (await can('/.dockerenv', constants.F_OK));
  if (inContainer) return 'container';
  return /^flags\s*:.*\bhypervisor\b/m.test(await text('/proc/cpuinfo')) ? 'machine' : 'none';
}

function text(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

function can(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
