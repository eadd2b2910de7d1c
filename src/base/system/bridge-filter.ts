import { existsSync } from 'node:fs';
import { AnklumeError, type Emit, ExitCode } from '../messages/index.ts';
import { writeAtomic } from './files.ts';
import type { Host } from './host.ts';
import { run } from './run.ts';

/** There while the module is loaded, or part of the kernel. */
const SIGN = '/proc/sys/net/bridge/bridge-nf-call-ip6tables';

const AT_BOOT = '/etc/modules-load.d/anklume.conf';

/**
 * Incus pins the IPv6 addresses of a card with the kernel's filter for bridges, starts no machine without it and does
 * not load it. This does, and has the host load it at boot, before Incus starts the machines again.
 * Throws `bridge-filter-missing` (exit 4) where that is not possible.
 */
export async function loadBridgeFilter({ enter }: Host, emit: Emit): Promise<void> {
  if (existsSync(SIGN)) return;
  try {
    // One kernel: for a sandbox too, the module is loaded from here.
    await run(['modprobe', 'br_netfilter']);
    if (enter.length > 0) return;
    await writeAtomic(
      AT_BOOT,
      '# Written by anklume: Incus needs it to pin addresses.\nbr_netfilter\n',
    );
  } catch (error) {
    throw missing(error);
  }
  emit({
    type: 'note',
    level: 'info',
    code: 'bridge-filter-loaded',
    text: {
      en: `Incus needs the kernel module br_netfilter: it was loaded, and ${AT_BOOT} loads it at every boot.`,
      fr: `Incus a besoin du module br_netfilter du noyau : il a été chargé, et ${AT_BOOT} le charge à chaque démarrage.`,
    },
  });
}

function missing(cause: unknown): AnklumeError {
  return new AnklumeError({
    code: 'bridge-filter-missing',
    exit: ExitCode.environment,
    message: {
      en: 'Incus needs the kernel module br_netfilter to pin the addresses of machines, and it could not be loaded.',
      fr: "Incus a besoin du module br_netfilter du noyau pour fixer les adresses des machines, et il n'a pas pu être chargé.",
    },
    remedy: {
      en: 'Run as root: modprobe br_netfilter',
      fr: 'Lancez en tant que root : modprobe br_netfilter',
    },
    cause,
  });
}
