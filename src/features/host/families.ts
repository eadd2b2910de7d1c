import type { OsRelease } from '../../base/system/index.ts';
import type { ManagerName } from './managers.ts';

/** Distributions that bootstrap knows. */
export type FamilyId = 'debian' | 'ubuntu' | 'fedora' | 'arch';

export interface Family {
  readonly id: FamilyId;
  readonly manager: ManagerName;
}

/** Those that call themselves otherwise and use the packages of another. */
const NAMES: Readonly<Record<string, FamilyId>> = {
  debian: 'debian',
  ubuntu: 'ubuntu',
  fedora: 'fedora',
  arch: 'arch',
  cachyos: 'arch',
};

const MANAGERS: Readonly<Record<FamilyId, ManagerName>> = {
  debian: 'apt',
  ubuntu: 'apt',
  fedora: 'dnf',
  arch: 'pacman',
};

/** The oldest version whose packages are enough; a rolling distribution has none. */
const OLDEST: Readonly<Partial<Record<FamilyId, number>>> = {
  debian: 12,
  ubuntu: 24.04,
  fedora: 41,
};

/** Undefined for one that nobody has tried: its packages may be called anything. */
export function familyOf({ id }: OsRelease): Family | undefined {
  const found = Object.hasOwn(NAMES, id) ? NAMES[id] : undefined;
  return found && { id: found, manager: MANAGERS[found] };
}

/** The oldest version that will do, where this one is older. A testing release has no number, and is new enough. */
export function tooOld(family: Family, { version }: OsRelease): number | undefined {
  const oldest = OLDEST[family.id];
  return oldest !== undefined && version !== '' && Number(version) < oldest ? oldest : undefined;
}

/** What `anklume` calls on a host, beside Incus itself. */
const TOOLS: Readonly<Record<FamilyId, readonly string[]>> = {
  debian: [
    ...['nftables', 'dnsmasq-base', 'attr', 'squashfs-tools', 'iproute2', 'iputils-ping'],
    ...['uidmap', 'python3', 'mmdebstrap', 'busybox-static'],
  ],
  ubuntu: [
    ...['nftables', 'dnsmasq-base', 'attr', 'squashfs-tools', 'iproute2', 'iputils-ping'],
    ...['uidmap', 'python3', 'mmdebstrap', 'busybox-static'],
  ],
  fedora: [
    ...['nftables', 'dnsmasq', 'attr', 'squashfs-tools', 'iproute', 'iputils'],
    ...['shadow-utils', 'python3', 'busybox'],
  ],
  arch: [
    'nftables',
    'dnsmasq',
    'attr',
    'squashfs-tools',
    'iproute2',
    'iputils',
    'python',
    'busybox',
  ],
};

/** The daemon and its client; with virtual machines, what they need as well. */
function incusOf(id: FamilyId, vms: boolean): readonly string[] {
  if (id === 'arch') return ['incus', ...(vms ? ['qemu-base'] : [])];
  if (id === 'fedora') return ['incus', 'incus-client'];
  return vms ? ['incus'] : ['incus-base', 'incus-client'];
}

/** All packages of a host, by the names that its distribution has for them. */
export function packagesFor(
  { id }: Family,
  { vms, driver }: { readonly vms: boolean; readonly driver: string },
): readonly string[] {
  const storage = driver === 'btrfs' ? ['btrfs-progs'] : [];
  return [...incusOf(id, vms), ...TOOLS[id], ...storage];
}
