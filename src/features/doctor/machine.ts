import { statfs } from 'node:fs/promises';
import { verbatim } from '../../base/messages/index.ts';
import { type HostFacts, homeFolder, printable } from '../../base/system/index.ts';
import type { Finding } from './finding.ts';

/** The distribution, its kernel, and whether it is a real machine. */
export function system({ system: { name }, kernel, virtualisation }: HostFacts): Finding {
  const words = `${printable(name) || 'Linux'}, ${printable(kernel)}`;
  const where = {
    none: verbatim(''),
    machine: { en: ', in a virtual machine', fr: ', dans une machine virtuelle' },
    container: { en: ', in a container', fr: ', dans un conteneur' },
  }[virtualisation];
  return {
    id: 'system',
    name: { en: 'System', fr: 'Système' },
    state: 'good',
    found: { en: words + where.en, fr: words + where.fr },
  };
}

/** Processors and memory. */
export function memory({ memoryBytes, cpus }: HostFacts): Finding {
  const gib = (memoryBytes / 2 ** 30).toFixed(1);
  // Five small containers and the daemon need about this much.
  const enough = memoryBytes >= 2 * 2 ** 30;
  return {
    id: 'memory',
    name: { en: 'Processors and memory', fr: 'Processeurs et mémoire' },
    state: enough ? 'good' : 'warning',
    found: { en: `${cpus}, ${gib} GiB`, fr: `${cpus}, ${gib.replace('.', ',')} Gio` },
    ...(!enough && {
      remedy: {
        en: '2 GiB is the least for a few containers.',
        fr: '2 Gio sont un minimum pour quelques conteneurs.',
      },
    }),
  };
}

/** Whether we are root. */
export function root({ isRoot }: HostFacts): Finding {
  return {
    id: 'root',
    name: { en: 'Rights', fr: 'Droits' },
    state: isRoot ? 'good' : 'warning',
    found: isRoot ? verbatim('root') : { en: 'an ordinary user', fr: 'un utilisateur ordinaire' },
    ...(!isRoot && {
      remedy: {
        en: 'The rules, the proof and the sandbox need root: use sudo.',
        fr: 'Les règles, la preuve et le bac à sable demandent les droits root : utilisez sudo.',
      },
    }),
  };
}

/** Free space where the sandboxes and images stand. */
export async function disk(): Promise<Finding[]> {
  const name = { en: 'Free disk space', fr: 'Espace disque libre' };
  // The home folder may not exist yet; what counts is the disk it will stand on.
  const facts = await statfs(homeFolder()).catch(() => statfs('/'));
  const gib = (facts.bavail * facts.bsize) / 2 ** 30;
  const words = gib.toFixed(1);
  const enough = gib >= 5;
  return [
    {
      id: 'disk',
      name,
      state: enough ? 'good' : 'warning',
      found: { en: `${words} GiB`, fr: `${words.replace('.', ',')} Gio` },
      ...(!enough && {
        remedy: {
          en: '5 GiB is the least for an image and a few machines.',
          fr: '5 Gio sont un minimum pour une image et quelques machines.',
        },
      }),
    },
  ];
}
