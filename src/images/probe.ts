import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AnklumeError, ExitCode } from '../base/messages/index.ts';
import { cacheFolder, readIfExists, writeAtomic } from '../base/system/index.ts';
import { NESTING_TEMPLATES } from '../nesting/index.ts';
import { incusArchitecture } from './architecture.ts';
import { type TarEntry, tar } from './tar.ts';

/** Where Debian's busybox-static and others put it. */
const BUSYBOX_PLACES = ['/bin/busybox', '/usr/bin/busybox', '/sbin/busybox'];

const APPLETS = [
  ...['ash', 'cat', 'chmod', 'cp', 'date', 'dd', 'df', 'echo', 'env', 'expr', 'false', 'free'],
  ...['grep', 'halt', 'head', 'hostname', 'httpd', 'id', 'ifconfig', 'ip', 'kill', 'ln', 'ls'],
  ...['mkdir', 'mount', 'mv', 'nc', 'netstat', 'nslookup', 'ping', 'poweroff', 'ps', 'reboot'],
  ...['rm', 'sed', 'seq', 'sh', 'sleep', 'stat', 'sync', 'tail', 'test', 'timeout', 'top', 'touch'],
  ...['traceroute', 'true', 'udhcpc', 'umount', 'uname', 'uptime', 'vi', 'wc', 'wget', 'yes'],
];

// The last line spares the two seconds that busybox waits for processes to end in order.
const INITTAB = `::sysinit:/etc/init.d/rcS
::respawn:/bin/udhcpc -f -i eth0 -s /etc/udhcpc/default.script -t 3 -T 1 -A 2
::ctrlaltdel:/bin/poweroff
::shutdown:/bin/poweroff -f
`;

const BOOT = `#!/bin/sh
ip link set lo up
`;

const DHCP = `#!/bin/sh
case "$1" in
deconfig)
  ip addr flush dev "$interface"
  ip link set "$interface" up
  ;;
bound | renew)
  ip addr replace "$ip/\${mask:-24}" dev "$interface"
  [ -n "$router" ] && ip route replace default via "\${router%% *}" dev "$interface"
  : >/etc/resolv.conf
  for server in $dns; do echo "nameserver $server" >>/etc/resolv.conf; done
  ;;
esac
`;

/** The file of the tiny image `probe`: static busybox with a DHCP client. Made in the cache when it is not there yet. */
export async function probeImage(): Promise<string> {
  const busybox = await findBusybox();
  const archive = tar(entries(busybox));
  const hash = createHash('sha256').update(archive).digest('hex');
  const path = join(cacheFolder(), 'images', `probe-${hash.slice(0, 16)}.tar`);
  // Comparing the bytes costs a millisecond and a damaged file in the cache is replaced.
  if (!(await readIfExists(path))?.equals(archive)) await writeAtomic(path, archive);
  return path;
}

async function findBusybox(): Promise<Buffer> {
  for (const place of BUSYBOX_PLACES) {
    const bytes = await readFile(place).catch(() => undefined);
    if (bytes && isStatic(bytes)) return bytes;
  }
  throw new AnklumeError({
    code: 'requirements-missing',
    exit: ExitCode.environment,
    message: {
      en: "The image 'probe' is made from a statically linked busybox, and there is none.",
      fr: "L'image « probe » est faite d'un busybox lié statiquement, et il n'y en a pas.",
    },
    remedy: {
      en: "Install Debian's package busybox-static.",
      fr: 'Installez le paquet busybox-static de Debian.',
    },
  });
}

/** A dynamically linked program names its loader. */
function isStatic(program: Buffer): boolean {
  return !program.subarray(0, 8192).includes('/ld-') && program.subarray(1, 4).toString() === 'ELF';
}

function entries(busybox: Buffer): TarEntry[] {
  const folders = ['bin', 'dev', 'etc', 'etc/init.d', 'etc/udhcpc', 'proc', 'root', 'run', 'sbin'];
  folders.push('sys', 'tmp', 'usr', 'var');
  return [
    file('metadata.yaml', metadata()),
    { kind: 'folder', path: 'templates' },
    ...NESTING_TEMPLATES.files.map(({ path, text }) => file(path, text)),
    { kind: 'folder', path: 'rootfs' },
    ...folders.map((name): TarEntry => ({ kind: 'folder', path: `rootfs/${name}` })),
    { kind: 'file', path: 'rootfs/bin/busybox', mode: 0o755, bytes: busybox },
    ...APPLETS.map(
      (name): TarEntry => ({ kind: 'link', path: `rootfs/bin/${name}`, target: 'busybox' }),
    ),
    { kind: 'link', path: 'rootfs/sbin/init', target: '../bin/busybox' },
    file('rootfs/etc/inittab', INITTAB),
    file('rootfs/etc/init.d/rcS', BOOT, 0o755),
    file('rootfs/etc/udhcpc/default.script', DHCP, 0o755),
    file('rootfs/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n'),
    file('rootfs/etc/group', 'root:x:0:\n'),
  ];
}

function file(path: string, text: string, mode = 0o644): TarEntry {
  return { kind: 'file', path, mode, bytes: Buffer.from(text) };
}

function metadata(): string {
  // A fixed date: the same busybox gives the same image, to the byte.
  return `architecture: ${incusArchitecture()}
creation_date: 1700000000
properties:
  description: Static busybox with a DHCP client, for trying and testing
  os: probe
${NESTING_TEMPLATES.property}templates:
${NESTING_TEMPLATES.entries}`;
}
