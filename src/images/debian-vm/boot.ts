/** Names of the two file systems; the same in every machine, as each is the only one of its kind there. */
export const ROOT_UUID = '6d1a1f0c-7f1e-4f7b-9a51-3c1f6c7a1f01';
export const ESP_ID = '6D1A1F0C';

const CONSOLES = 'console=tty0 console=ttyS0';

/** Every letter on an emulated serial line stops the guest: with the kernel's messages it boots for twice as long. */
const LOUDNESS = 'quiet';

const FIND_ROOT = `search --no-floppy --fs-uuid --set=root ${ROOT_UUID}\n`;

/** What the root file system says about disks and booting: path to content. */
export const DISK_FILES = {
  'etc/fstab': `UUID=${ROOT_UUID} / ext4 defaults,x-systemd.growfs 0 1
UUID=${ESP_ID.slice(0, 4)}-${ESP_ID.slice(4)} /boot/efi vfat umask=0077,nofail 0 2
`,
  // Holds until the first new kernel, whose package lets GRUB write its own. The links always name the newest one.
  'boot/grub/grub.cfg': `${FIND_ROOT}linux /vmlinuz root=UUID=${ROOT_UUID} ro ${CONSOLES} ${LOUDNESS}
initrd /initrd.img
boot
`,
  'etc/default/grub': `GRUB_TIMEOUT=0
GRUB_DISTRIBUTOR=Debian
GRUB_CMDLINE_LINUX="${CONSOLES}"
GRUB_CMDLINE_LINUX_DEFAULT="${LOUDNESS}"
`,
};

/** Read by the signed GRUB, which looks beside nothing else. */
export const ESP_GRUB_CONFIG = `${FIND_ROOT}set prefix=($root)/boot/grub
configfile $prefix/grub.cfg
`;

/** What the firmware starts, and what that starts: path on the boot partition to path in the root file system. */
export const ESP_PROGRAMS = {
  'EFI/BOOT/BOOTX64.EFI': 'usr/lib/shim/shimx64.efi.signed',
  'EFI/BOOT/mmx64.efi': 'usr/lib/shim/mmx64.efi.signed',
  'EFI/BOOT/grubx64.efi': 'usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed',
};
