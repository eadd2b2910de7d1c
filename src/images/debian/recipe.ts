import { createHash } from 'node:crypto';
import type { InstanceType } from '../../incus/index.ts';
import { NESTING_TEMPLATES } from '../../nesting/index.ts';
import { debianArchitecture, incusArchitecture } from '../architecture.ts';

/** Everything that decides what a Debian image holds; two equal recipes give interchangeable images. */
export interface Recipe {
  readonly type: InstanceType;
  /** `debian/13`. */
  readonly alias: string;
  /** `trixie`. */
  readonly suite: string;
  readonly version: string;
  readonly architecture: string;
  readonly packages: readonly string[];
  /** Written into the root file system: path to content. */
  readonly files: Readonly<Record<string, string>>;
  readonly enabled: readonly string[];
  readonly masked: readonly string[];
  /** metadata.yaml and its templates: path to content. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the packages are, for a distribution that is not this machine's own. */
  readonly archive?: Archive;
}

/** A distribution's packages. */
export interface Archive {
  /** Lines of `sources.list`. */
  readonly sources: readonly string[];
  /** Keys of those who sign it, and the package of Debian that has them. */
  readonly keyring: { readonly path: string; readonly package: string };
}

const SUITES: Readonly<Record<string, string>> = {
  '12': 'bookworm',
  '13': 'trixie',
  '14': 'forky',
};

/** The recipe for an alias such as `debian/13` or `debian/trixie`; undefined for anything that is not plain Debian. */
export function debianRecipe(alias: string): Recipe | undefined {
  const base = debianBase(alias);
  return base && { ...base, metadata: { ...base.metadata, ...nestingTemplates(base) } };
}

/** What containers and virtual machines have in common. */
export function debianBase(alias: string): Recipe | undefined {
  const [, word] = /^debian\/([a-z0-9]+)$/.exec(alias) ?? [];
  const known = Object.entries(SUITES).find(
    ([version, suite]) => word === version || word === suite,
  );
  if (!known) return undefined;
  const [version, suite] = known;
  const architecture = debianArchitecture();
  return {
    type: 'container',
    alias,
    suite,
    version,
    architecture,
    packages: PACKAGES,
    files: FILES,
    enabled: ['systemd-networkd.service'],
    // A container may not load modules; a failed unit at every boot would only worry people.
    masked: ['systemd-modules-load.service'],
    metadata: metadata('debian', `Debian ${version} (${suite})`, suite),
  };
}

/** How a container's root file system is packed: 2 is without device nodes. To be counted up when that changes. */
const PACKING = 2;

/** Name of the recipe's files in the cache, without ending. */
export function cacheName(recipe: Recipe): string {
  const content = recipe.type === 'container' ? { ...recipe, packing: PACKING } : recipe;
  const hash = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 12);
  const kind = recipe.type === 'virtual-machine' ? '-vm' : '';
  return `${recipe.alias.replaceAll('/', '-')}${kind}-${recipe.architecture}-${hash}`;
}

/**
 * A bootable system that Ansible can work in, and that can be the firewall machine; no more. udev because networkd waits for it wherever /sys can be
 * written, and it can in an Incus container.
 */
const PACKAGES = [
  ...['systemd', 'systemd-sysv', 'systemd-resolved', 'udev', 'dbus', 'iproute2', 'iputils-ping'],
  ...['netbase', 'ca-certificates', 'python3'],
  // The firewall machine filters inside; 1 MB for everybody else.
  'nftables',
];

const FILES = {
  'etc/systemd/network/10-eth0.network': `[Match]
Name=eth0

[Network]
DHCP=ipv4
LinkLocalAddressing=ipv6

[DHCPv4]
ClientIdentifier=mac
`,
  // Filled in for each machine: see the templates of the metadata.
  'etc/hostname': 'localhost\n',
  // Empty, not absent: systemd then makes one for each machine without treating it as a first boot.
  'etc/machine-id': '',
};

/** What an image says of itself, and the files that the daemon writes into each machine. */
export function metadata(
  os: string,
  title: string,
  release: string,
): Readonly<Record<string, string>> {
  return {
    'metadata.yaml': `architecture: ${incusArchitecture()}
creation_date: 1700000000
properties:
  description: ${title}, built from packages
  os: ${os}
  release: ${release}
  variant: minimal
templates:
  /etc/hostname:
    when: [create, copy]
    template: hostname.tpl
  /etc/hosts:
    when: [create, copy]
    template: hosts.tpl
`,
    'templates/hostname.tpl': '{{ container.name }}\n',
    'templates/hosts.tpl': `127.0.0.1 localhost
127.0.1.1 {{ container.name }}
::1 localhost ip6-localhost ip6-loopback
`,
  };
}

/** The daemon itself then tells a container where it stands. In a virtual machine only the agent can write. */
export function nestingTemplates({
  metadata,
}: Pick<Recipe, 'metadata'>): Readonly<Record<string, string>> {
  const { property, entries, files } = NESTING_TEMPLATES;
  const text = metadata['metadata.yaml'] ?? '';
  return {
    'metadata.yaml': `${text.replace(/^properties:\n/m, `$&${property}`)}${entries}`,
    ...Object.fromEntries(files.map((file) => [file.path, file.text])),
  };
}
