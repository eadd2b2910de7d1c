import { parseOsRelease } from '../../base/system/host-facts.ts';
import type { Facts } from './facts.ts';

/** os-release files as the distributions bring them, cut to what is read. */
export const OS_RELEASES = {
  debian12:
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n',
  debian13:
    'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_ID="13"\nVERSION_CODENAME=trixie\nID=debian\n',
  debian11:
    'PRETTY_NAME="Debian GNU/Linux 11 (bullseye)"\nVERSION_ID="11"\nVERSION_CODENAME=bullseye\nID=debian\n',
  ubuntu:
    'PRETTY_NAME="Ubuntu 24.04.2 LTS"\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\n',
  fedora:
    'NAME="Fedora Linux"\nVERSION_ID=42\nID=fedora\nPRETTY_NAME="Fedora Linux 42 (Server Edition)"\n',
  arch: 'NAME="Arch Linux"\nPRETTY_NAME="Arch Linux"\nID=arch\nBUILD_ID=rolling\n',
  cachyos:
    'NAME="CachyOS Linux"\nPRETTY_NAME="CachyOS"\nID=cachyos\nID_LIKE=arch\nBUILD_ID=rolling\n',
  unknown: 'NAME="Gentoo"\nPRETTY_NAME="Gentoo Linux"\nID=gentoo\n',
} as const;

/** A bare host with enough of everything. */
export function factsOf(system: keyof typeof OS_RELEASES, more: Partial<Facts> = {}): Facts {
  return {
    system: parseOsRelease(OS_RELEASES[system]),
    kernel: '6.12.0',
    cpus: 4,
    memoryBytes: 8 * 2 ** 30,
    freeMemoryBytes: 6 * 2 ** 30,
    isRoot: true,
    systemd: true,
    kvm: false,
    vhostVsock: false,
    virtualisation: 'none',
    hostname: 'host',
    freeBytes: 50 * 2 ** 30,
    filesystem: 'other',
    networks: [{ subnet: '192.168.1.7/24', device: 'eth0' }],
    incus: { state: 'absent', pools: [], networks: [], instances: 0 },
    lxd: false,
    firewalls: [],
    gpus: [],
    launcher: 'free',
    ...more,
  };
}
