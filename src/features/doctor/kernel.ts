import { access, readdir, readFile } from 'node:fs/promises';
import { verbatim } from '../../base/messages/index.ts';
import type { HostFacts } from '../../base/system/index.ts';
import { ABSENT, type Finding } from './finding.ts';

/** What virtual machines need. */
export function kvm({ kvm: hasKvm, vhostVsock }: HostFacts): Finding {
  const name = { en: 'Virtual machines', fr: 'Machines virtuelles' };
  if (hasKvm && vhostVsock)
    return { id: 'kvm', name, state: 'good', found: verbatim('/dev/kvm, /dev/vhost-vsock') };
  const lacking = [...(hasKvm ? [] : ['/dev/kvm']), ...(vhostVsock ? [] : ['/dev/vhost-vsock'])];
  const all = lacking.join(', ');
  return {
    id: 'kvm',
    name,
    state: 'warning',
    found: {
      en: `${all} cannot be used`,
      fr: `${all} inutilisable${lacking.length > 1 ? 's' : ''}`,
    },
    remedy: {
      en: 'Containers work without. For machines of type vm, turn virtualisation on in the firmware and load kvm and vhost_vsock.',
      fr: 'Les conteneurs fonctionnent sans. Pour des machines de type vm, activez la virtualisation dans le micrologiciel et chargez kvm et vhost_vsock.',
    },
  };
}

/** Graphics cards. */
export async function gpu(): Promise<Finding[]> {
  const cards = (await readdir('/dev/dri').catch(() => [])).filter((name) =>
    name.startsWith('card'),
  );
  return [
    {
      id: 'gpu',
      name: { en: 'Graphics card', fr: 'Carte graphique' },
      state: cards.length > 0 ? 'good' : 'warning',
      found: cards.length > 0 ? verbatim(cards.join(', ')) : ABSENT,
      ...(cards.length === 0 && {
        remedy: {
          en: 'Only machines with `gpu: true` need one.',
          fr: 'Seules les machines avec « gpu: true » en ont besoin.',
        },
      }),
    },
  ];
}

/** Storage that clones at once. */
export async function btrfs(): Promise<Finding[]> {
  const kernel = await readFile('/proc/filesystems', 'utf8').catch(() => '');
  const known =
    kernel.includes('btrfs') ||
    (await access('/sys/module/btrfs').then(
      () => true,
      () => false,
    ));
  return [
    {
      id: 'btrfs',
      name: { en: 'Fast storage (btrfs)', fr: 'Stockage rapide (btrfs)' },
      state: known ? 'good' : 'warning',
      found: known ? { en: 'in the kernel', fr: 'dans le noyau' } : ABSENT,
      ...(!known && {
        remedy: {
          en: 'modprobe btrfs, or use --storage dir (slower copies).',
          fr: 'modprobe btrfs, ou --storage dir (copies plus lentes).',
        },
      }),
    },
  ];
}

/** A container with systemd takes about fifteen; all unprivileged containers share one user's allowance. */
const ENOUGH_INOTIFY = 1024;

/** How many containers with systemd the kernel lets watch files. */
export async function inotify(): Promise<Finding[]> {
  const words = await readFile('/proc/sys/fs/inotify/max_user_instances', 'utf8').catch(() => '0');
  const limit = Number(words);
  const enough = limit >= ENOUGH_INOTIFY;
  return [
    {
      id: 'inotify',
      name: { en: 'inotify instances', fr: 'Instances inotify' },
      state: enough ? 'good' : 'warning',
      found: verbatim(String(limit)),
      ...(!enough && {
        remedy: {
          en: `Enough for about ${Math.floor(limit / 15)} containers with systemd. More: sysctl -w fs.inotify.max_user_instances=${ENOUGH_INOTIFY}`,
          fr: `De quoi tenir environ ${Math.floor(limit / 15)} conteneurs avec systemd. Davantage : sysctl -w fs.inotify.max_user_instances=${ENOUGH_INOTIFY}`,
        },
      }),
    },
  ];
}
