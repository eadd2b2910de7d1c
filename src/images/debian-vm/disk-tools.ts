import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { findProgram } from '../../base/system/index.ts';

/** Programs that make a disk, and Debian's packages that have them. */
const TOOLS = {
  sgdisk: 'gdisk',
  'mkfs.vfat': 'dosfstools',
  mcopy: 'mtools',
  'mkfs.ext4': 'e2fsprogs',
  'qemu-img': 'qemu-utils',
};

/** Packages of everything that making a disk needs. */
export const DISK_PACKAGES: readonly string[] = Object.values(TOOLS);

/** Throws `requirements-missing` (exit 4) before minutes are spent on what cannot be finished. */
export async function requireDiskTools(): Promise<void> {
  const missing: string[] = [];
  for (const [program, name] of Object.entries(TOOLS))
    if (!(await findProgram(program))) missing.push(name);
  if (missing.length === 0) return;
  const names = missing.join(', ');
  throw new AnklumeError({
    code: 'requirements-missing',
    exit: ExitCode.environment,
    message: {
      en: `Making the disk of a virtual machine needs packages that are not installed: ${names}.`,
      fr: `Créer le disque d'une machine virtuelle demande des paquets qui ne sont pas installés : ${names}.`,
    },
    remedy: {
      en: `Install them: apt install ${missing.join(' ')}`,
      fr: `Installez-les : apt install ${missing.join(' ')}`,
    },
  });
}
