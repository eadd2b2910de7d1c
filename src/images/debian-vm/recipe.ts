import { debianBase, type Recipe } from '../debian/recipe.ts';
import { DISK_FILES } from './boot.ts';

/** Debian has the agent of Incus in its archive from this version on. */
const FIRST_WITH_AGENT = 13;

/**
 * The recipe of a virtual machine's image for an alias such as `debian/13`; undefined for anything that is not plain
 * Debian with the agent of Incus, and on processors for which its way of booting has not been tried.
 */
export function debianVmRecipe(alias: string): Recipe | undefined {
  const base = debianBase(alias);
  if (base?.architecture !== 'amd64' || Number(base.version) < FIRST_WITH_AGENT) return undefined;
  return {
    ...base,
    type: 'virtual-machine',
    packages: [...base.packages, ...PACKAGES],
    files: { ...base.files, ...FILES, ...DISK_FILES },
    masked: [],
  };
}

/** Shim, GRUB and kernel carry Debian's signatures, so that secure boot can stay on, as it is in Incus. */
const PACKAGES = [
  ...['linux-image-amd64', 'initramfs-tools', 'zstd', 'shim-signed', 'grub-efi-amd64-signed'],
  ...['incus-agent', 'systemd-repart', 'e2fsprogs'],
];

const FILES = {
  // The card of a virtual machine is named after its place on the bus.
  'etc/systemd/network/10-eth0.network': `[Match]
Name=en* eth*

[Network]
DHCP=ipv4
LinkLocalAddressing=ipv6

[DHCPv4]
ClientIdentifier=mac
`,
  // Incus gives every machine the same devices: an initrd with their drivers alone boots faster.
  'etc/initramfs-tools/conf.d/anklume': 'MODULES=list\nCOMPRESS=zstd\nFSTYPE=ext4\n',
  'etc/initramfs-tools/modules': 'virtio_pci\nvirtio_blk\nvirtio_scsi\nsd_mod\next4\n',
  // Incus makes the disk as large as the machine's root device says; the guest follows at boot.
  'etc/repart.d/50-root.conf': '[Partition]\nType=root\n',
};
