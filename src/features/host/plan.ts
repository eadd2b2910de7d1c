import type { Note } from '../../base/messages/index.ts';
import { overlaps } from '../../isolation/index.ts';
import type { Choices } from './choices.ts';
import { type Facts, LAUNCHER } from './facts.ts';
import { familyOf, packagesFor } from './families.ts';
import { firewallNote } from './notes.ts';
import type { Step } from './step.ts';

/** What the plan is made of beside facts and choices. */
export interface Around {
  /** The launcher of this program, which `anklume` becomes a link to. */
  readonly launcher: string;
  /** Where Debian comes from, for a release that has Incus in its backports alone. */
  readonly mirror?: string;
  /** The file that the project gets, unless its folder has one. */
  readonly infra?: string;
}

export interface Plan {
  readonly steps: readonly Step[];
  readonly notes: readonly Note[];
}

const SYSCTL_FILE = '/etc/sysctl.d/60-anklume.conf';
export const BACKPORTS_FILE = '/etc/apt/sources.list.d/anklume-backports.list';
const POOL = 'default';
const NETWORK = 'incusbr0';

/** Everything that bootstrap would do, in order. Pure: the same facts and choices give the same steps. */
export function planBootstrap(facts: Facts, choices: Choices, around: Around): Plan {
  const driver = driverFor(facts, choices);
  return {
    steps: [
      ...sourceSteps(facts, around),
      ...packageSteps(facts, choices, driver),
      ...networkSteps(),
      ...unitSteps(),
      ...(choices.adopt ? [] : incusSteps(facts, driver)),
      ...launcherSteps(around),
      ...markSteps(choices),
      ...memberSteps(choices),
      ...projectSteps(choices, around),
    ],
    notes: facts.firewalls.map(firewallNote),
  };
}

/** Plain folders for development; else what the file system does best by itself. */
function driverFor(
  { filesystem }: Pick<Facts, 'filesystem'>,
  { mode }: Pick<Choices, 'mode'>,
): 'btrfs' | 'dir' {
  return mode !== 'dev' && filesystem === 'btrfs' ? 'btrfs' : 'dir';
}

function sourceSteps({ system }: Facts, { mirror }: Around): Step[] {
  if (system.id !== 'debian' || system.version !== '12' || mirror === undefined) return [];
  return [
    {
      kind: 'file',
      path: BACKPORTS_FILE,
      text: `deb ${mirror} bookworm-backports main\n`,
      why: {
        en: 'Debian 12 has Incus in its backports alone',
        fr: "Debian 12 n'a Incus que dans ses rétroportages",
      },
    },
  ];
}

function packageSteps(
  { system, kvm, vhostVsock }: Facts,
  { vms }: Choices,
  driver: string,
): Step[] {
  const family = familyOf(system);
  if (!family) return [];
  const names = packagesFor(family, { vms: vms || (kvm && vhostVsock), driver });
  return [
    {
      kind: 'packages',
      manager: family.manager,
      names,
      why: { en: 'Incus, and what anklume calls', fr: "Incus, et ce qu'anklume appelle" },
    },
  ];
}

function networkSteps(): Step[] {
  const key = 'net.ipv4.ip_forward';
  const why = {
    en: 'machines reach the outside through this host',
    fr: "les machines atteignent l'extérieur par cet hôte",
  };
  return [
    { kind: 'file', path: SYSCTL_FILE, text: `${key} = 1\n`, why },
    { kind: 'sysctl', key, value: '1', why },
  ];
}

function unitSteps(): Step[] {
  return ['incus.socket', 'incus-startup.service'].map((name) => ({
    kind: 'unit',
    name,
    why: { en: 'Incus, now and at every boot', fr: 'Incus, maintenant et à chaque démarrage' },
  }));
}

function incusSteps({ networks }: Facts, driver: 'btrfs' | 'dir'): Step[] {
  const source = `/var/lib/incus/storage-pools/${POOL}`;
  return [
    {
      kind: 'pool',
      name: POOL,
      driver,
      config: driver === 'btrfs' ? { source } : {},
      why: { en: 'where machines are kept', fr: 'où sont gardées les machines' },
    },
    {
      kind: 'network',
      name: NETWORK,
      config: {
        'ipv4.address': `${freeNetwork(networks.filter(({ device }) => device !== NETWORK))}.1/24`,
        'ipv4.nat': 'true',
        'ipv6.address': 'none',
      },
      why: {
        en: 'a bridge with a way out, for machines of no domain',
        fr: "un pont avec accès à l'extérieur, pour les machines sans domaine",
      },
    },
    {
      kind: 'profile',
      name: 'default',
      pool: POOL,
      network: NETWORK,
      why: { en: 'for machines of no domain', fr: 'pour les machines sans domaine' },
    },
  ];
}

/** The first of a few private networks that the host does not use; domains begin at 10.100. */
function freeNetwork(networks: Facts['networks']): string {
  const candidates = Array.from({ length: 90 }, (_, index) => `10.${99 - index}.250`);
  const free = candidates.find((one) =>
    networks.every(({ subnet }) => !overlaps(subnet, `${one}.0/24`)),
  );
  return free ?? '192.168.250';
}

function launcherSteps({ launcher }: Around): Step[] {
  if (launcher === LAUNCHER) return [];
  return [
    {
      kind: 'link',
      path: LAUNCHER,
      target: launcher,
      why: { en: 'the command, for everybody', fr: 'la commande, pour tout le monde' },
    },
  ];
}

function markSteps({ mode, yolo }: Choices): Step[] {
  const steps: Step[] = [];
  if (mode === 'prod')
    steps.push({
      kind: 'file',
      path: '/etc/anklume/production',
      text: '',
      why: {
        en: 'nothing is destroyed here by a slip of the hand',
        fr: "rien n'est détruit ici par mégarde",
      },
    });
  if (yolo)
    steps.push({
      kind: 'file',
      path: '/etc/anklume/yolo',
      text: 'true\n',
      why: {
        en: 'dangerous settings are warnings instead of errors',
        fr: "les réglages dangereux sont des avertissements au lieu d'erreurs",
      },
    });
  return steps;
}

function memberSteps({ admin }: Choices): Step[] {
  if (admin === undefined) return [];
  return [
    {
      kind: 'member',
      user: admin,
      group: 'incus-admin',
      why: {
        en: 'works with Incus without root, and could become root by it',
        fr: 'travaille avec Incus sans être root, et pourrait le devenir par là',
      },
    },
  ];
}

function projectSteps({ project, up }: Choices, { infra }: Around): Step[] {
  const steps: Step[] = [];
  if (infra !== undefined)
    steps.push({
      kind: 'project',
      folder: project,
      infra,
      why: {
        en: 'your compartments, by your answers',
        fr: 'vos compartiments, selon vos réponses',
      },
    });
  if (up)
    steps.push({
      kind: 'world',
      folder: project,
      why: {
        en: "the machines, their isolation and its proof, by 'anklume up'",
        fr: 'les machines, leur isolation et sa preuve, par « anklume up »',
      },
    });
  return steps;
}
