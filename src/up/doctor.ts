import { access, readdir, readFile, statfs } from 'node:fs/promises';
import { connect, locateSocket } from '../incus/index.ts';
import { AnklumeError, type Text, verbatim } from '../messages/index.ts';
import { missingRequirements } from '../sandbox/index.ts';
import { type HostFacts, homeFolder, printable, readHostFacts, run } from '../system/index.ts';

/** One part of this machine: what was found, and what to do when it is not enough. Plain JSON. */
export interface Finding {
  readonly id: string;
  readonly name: Text;
  /** `bad` lacks something necessary; `warning` lacks something that some uses need. */
  readonly state: 'good' | 'warning' | 'bad';
  readonly found: Text;
  readonly remedy?: Text;
}

const ABSENT: Text = { en: 'not found', fr: 'introuvable' };

/** Looks at everything anklume uses on this machine. Changes nothing. */
export async function examine(env: NodeJS.ProcessEnv = process.env): Promise<Finding[]> {
  const facts = await readHostFacts();
  const groups = await Promise.all([
    [system(facts), memory(facts), root(facts)],
    incus(env),
    sandbox(facts),
    program('nft', ['nft', '--version'], 'nftables', { en: 'Firewall', fr: 'Pare-feu' }, 'bad'),
    program(
      'python',
      ['python3', '--version'],
      'python3',
      { en: 'Python (proof)', fr: 'Python (preuve)' },
      'bad',
    ),
    program(
      'ansible',
      ['ansible-playbook', '--version'],
      'ansible',
      { en: 'Ansible (provisioning)', fr: 'Ansible (configuration)' },
      'warning',
    ),
    [kvm(facts)],
    gpu(),
    btrfs(),
    inotify(),
    disk(),
  ]);
  return groups.flat();
}

function system({ system: { name }, kernel, virtualisation }: HostFacts): Finding {
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

function memory({ memoryBytes, cpus }: HostFacts): Finding {
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

function root({ isRoot }: HostFacts): Finding {
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

async function incus(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const name = { en: 'Incus daemon', fr: 'Démon Incus' };
  try {
    const client = await connect({ socket: await locateSocket(env) });
    try {
      const { environment } = await client.server();
      const words = `${printable(environment.server_version)}, ${client.where}`;
      return [{ id: 'incus', name, state: 'good', found: verbatim(words) }];
    } finally {
      await client.close();
    }
  } catch (error) {
    if (!(error instanceof AnklumeError)) throw error;
    return [
      {
        id: 'incus',
        name,
        state: 'warning',
        found: error.text,
        remedy: {
          en: 'Use the embedded one (--sandbox), or install and start Incus.',
          fr: 'Utilisez celui du bac à sable (--sandbox), ou installez et démarrez Incus.',
        },
      },
    ];
  }
}

async function sandbox({ isRoot }: HostFacts): Promise<Finding[]> {
  const missing = await missingRequirements();
  const names = missing.map((one) => one.name).join(', ');
  return [
    {
      id: 'sandbox',
      name: { en: 'Embedded sandbox', fr: 'Bac à sable intégré' },
      state: missing.length === 0 ? 'good' : 'bad',
      found:
        missing.length === 0
          ? { en: 'ready to start', fr: 'prêt à démarrer' }
          : { en: `lacks ${names}`, fr: `il manque ${names}` },
      ...(missing.length > 0 && {
        remedy: {
          en: `${isRoot ? '' : 'sudo '}anklume sandbox start --yes installs them where apt is at hand.`,
          fr: `${isRoot ? '' : 'sudo '}anklume sandbox start --yes les installe là où apt est disponible.`,
        },
      }),
    },
  ];
}

async function program(
  id: string,
  argv: readonly [string, ...string[]],
  debianPackage: string,
  name: Text,
  without: 'warning' | 'bad',
): Promise<Finding[]> {
  try {
    const { stdout, stderr } = await run(argv, { timeout: 20_000 });
    const [first = ''] = (stdout || stderr).split('\n');
    return [{ id, name, state: 'good', found: verbatim(printable(first).slice(0, 60)) }];
  } catch (error) {
    if (!(error instanceof AnklumeError)) throw error;
    const remedy = verbatim(`apt install ${debianPackage}`);
    return [{ id, name, state: without, found: ABSENT, remedy }];
  }
}

function kvm({ kvm: hasKvm, vhostVsock }: HostFacts): Finding {
  const name = { en: 'Virtual machines', fr: 'Machines virtuelles' };
  if (hasKvm && vhostVsock)
    return { id: 'kvm', name, state: 'good', found: verbatim('/dev/kvm, /dev/vhost-vsock') };
  const lacking = [
    ...(hasKvm ? [] : ['/dev/kvm']),
    ...(vhostVsock ? [] : ['/dev/vhost-vsock']),
  ].join(', ');
  return {
    id: 'kvm',
    name,
    state: 'warning',
    found: { en: `${lacking} cannot be used`, fr: `${lacking} inutilisable` },
    remedy: {
      en: 'Containers work without. For machines of type vm, turn virtualisation on in the firmware and load kvm and vhost_vsock.',
      fr: 'Les conteneurs fonctionnent sans. Pour des machines de type vm, activez la virtualisation dans le micrologiciel et chargez kvm et vhost_vsock.',
    },
  };
}

async function gpu(): Promise<Finding[]> {
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

async function btrfs(): Promise<Finding[]> {
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

async function inotify(): Promise<Finding[]> {
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

async function disk(): Promise<Finding[]> {
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
