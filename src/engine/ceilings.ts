import { type Ceilings, parsePercent, parseSize } from '../world/infra/index.ts';
import type { DesiredDomain, DesiredMachine } from '../world/tree/index.ts';
import { hostsOthers } from './idmap/defaults.ts';

type Config = Readonly<Record<string, string>>;

/** Ceilings that no sane use meets: they keep one container from using up what all share. */
const DEFAULT = {
  processes: 8192,
  /** A host of others runs theirs as well. */
  nestedProcesses: 32_768,
  memory: '90%',
  disk: '75%',
  inotify: 512,
} as const;

/** Files watched for each inotify instance: an editor on a large project needs some ten thousand. */
const WATCHES = 512;

/** What is said of a machine, its own words before those of its domain. */
export function ceilingsFor(
  domain: Pick<DesiredDomain, 'ceilings'>,
  machine?: DesiredMachine,
): Ceilings {
  return { ...domain.ceilings, ...machine?.ceilings };
}

/**
 * The ceilings of a container as keys of Incus. A virtual machine has its own processes, its memory and its disk; what
 * it may use of the host is its size. Keys that are declared under `config` win over these.
 */
export function ceilingConfig(
  domain: Pick<DesiredDomain, 'ceilings'>,
  machine: DesiredMachine,
  declared: Config,
): Config {
  if (machine.type === 'vm') return {};
  const usual = hostsOthers(declared) ? DEFAULT.nestedProcesses : DEFAULT.processes;
  const {
    processes = usual,
    memory = DEFAULT.memory,
    inotify = DEFAULT.inotify,
  } = ceilingsFor(domain, machine);
  return {
    ...(processes !== false && { 'limits.processes': String(processes) }),
    // Whoever says how much, says how.
    ...(memory !== false &&
      declared['limits.memory'] === undefined && {
        'limits.memory': memory,
        'limits.memory.enforce': 'soft',
      }),
    ...(inotify !== false && {
      'linux.sysctl.user.max_inotify_instances': String(inotify),
      'linux.sysctl.user.max_inotify_watches': String(inotify * WATCHES),
    }),
  };
}

/** A storage pool, as far as a ceiling of disks depends on it. */
export interface QuotaPool {
  readonly driver: string;
  readonly space?: { readonly total: number; readonly used: number };
}

/** Drivers whose root disks share the pool and can be held to a size. Others give each disk a size, or cannot. */
export const QUOTA_DRIVERS: readonly string[] = ['btrfs', 'zfs'];

const GIB = 2 ** 30;

/** How far a size that stands may be from what it would be today: a pool that grows a little changes no machine. */
const NEAR = { least: 0.5, most: 0.9 };

/**
 * The size of the root disks of containers; undefined for none. `live` is what stands now; `held` says how much the
 * machines that are on it already may hold, which a ceiling that nobody asked for does not go below.
 */
export function diskCeiling(
  { disk = DEFAULT.disk }: Ceilings,
  pool: QuotaPool | undefined,
  live: string | undefined,
  held: number,
): string | undefined {
  if (disk === false || !pool || !QUOTA_DRIVERS.includes(pool.driver)) return undefined;
  const part = parsePercent(disk);
  if (part === undefined) return disk;
  if (!pool.space || pool.space.total <= 0) return live;
  const { total } = pool.space;
  const standing = live === undefined ? undefined : parseSize(live);
  if (disk === DEFAULT.disk && standing !== undefined) {
    const share = standing / total;
    if (share >= NEAR.least && share <= NEAR.most) return live;
  }
  const wanted = part * total;
  if (disk === DEFAULT.disk && live === undefined && held > wanted) return undefined;
  return `${Math.max(1, Math.floor(wanted / GIB))}GiB`;
}
