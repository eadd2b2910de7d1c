import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Everything that decides what the emulated host's disk holds. */
export interface HostRecipe {
  readonly suite: string;
  readonly architecture: string;
  readonly packages: readonly string[];
  /** Path to content. */
  readonly files: Readonly<Record<string, string>>;
  readonly enabled: readonly string[];
  readonly masked: readonly string[];
}

const beside = (name: string): URL => new URL(name, import.meta.url);

const COMMAND_SERVER = '/usr/local/lib/anklume-tests/command-server.py';

/** A Debian 13 host with Incus, as a person would install it, and the tests' command server. */
export const hostRecipe: HostRecipe = {
  suite: 'trixie',
  architecture: 'amd64',
  packages: [
    ...['systemd', 'systemd-sysv', 'udev', 'dbus', 'kmod', 'procps', 'iproute2', 'iputils-ping'],
    ...['linux-image-amd64', 'initramfs-tools', 'zstd', 'ca-certificates', 'e2fsprogs'],
    ...['incus-base', 'incus-client', 'nftables'],
    ...['dnsmasq-base', 'btrfs-progs', 'python3', 'nodejs', 'busybox-static', 'tini'],
  ],
  files: {
    'etc/hostname': 'emulated\n',
    'etc/fstab': `/dev/vda / ext4 defaults 0 1
share /share 9p trans=virtio,ro,msize=512000,cache=loose 0 0
`,
    'etc/initramfs-tools/conf.d/tests': 'MODULES=list\nCOMPRESS=zstd\nFSTYPE=ext4\n',
    'etc/initramfs-tools/modules': 'virtio_pci\nvirtio_blk\next4\n',
    [COMMAND_SERVER.slice(1)]: readFileSync(beside('command-server.py'), 'utf8'),
    'etc/systemd/system/command-server.service': `[Unit]
Description=Runs the commands of the tests
After=incus.socket systemd-modules-load.service share.mount dev-virtio\\x2dports-commands.device
Wants=dev-virtio\\x2dports-commands.device

[Service]
ExecStart=/usr/bin/python3 ${COMMAND_SERVER}
Environment=HOME=/root LC_ALL=C.UTF-8
Restart=always
RestartSec=1

[Install]
WantedBy=multi-user.target
`,
  },
  enabled: ['command-server.service'],
  // Each costs seconds of an emulated processor at every boot and does nothing for the tests.
  masked: [
    ...['apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer', 'fstrim.timer'],
    ...[
      'e2scrub_all.timer',
      'e2scrub_reap.service',
      'systemd-pstore.service',
      'getty@tty1.service',
    ],
    ...['serial-getty@ttyS0.service', 'systemd-binfmt.service', 'systemd-timesyncd.service'],
    ...['systemd-logind.service', 'systemd-networkd-wait-online.service', 'incus-user.socket'],
  ],
};

/** The programs that turn the recipe into a host; a host made by others is another host. */
const MAKERS = ['build-host.ts', 'prepare.ts'];

/** Names what the recipe makes. */
export function recipeName(recipe: HostRecipe): string {
  const made = [
    JSON.stringify(recipe),
    ...MAKERS.map((name) => readFileSync(beside(name), 'utf8')),
  ];
  const hash = createHash('sha256').update(made.join('\0')).digest('hex').slice(0, 12);
  return `emulated-host-${hash}`;
}
