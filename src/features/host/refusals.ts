import { ExitCode, type Problem, type Text } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import { overlaps } from '../../isolation/index.ts';
import type { Choices } from './choices.ts';
import { type Facts, LAUNCHER } from './facts.ts';
import { familyOf, tooOld } from './families.ts';

/** Bytes below which a host is too small: Incus, an image and one machine. */
const LEAST_DISK = 5 * 2 ** 30;
const LEAST_MEMORY = 900 * 2 ** 20;

/** Why nothing can be done on this host, all of it at once; empty where all is well. `ours`: this Incus is in the ledger. */
export function refusals(
  facts: Facts,
  choices: Choices,
  { ours, baseSubnet }: { readonly ours: boolean; readonly baseSubnet?: string },
): Problem[] {
  return [
    ...ofSystem(facts),
    ...ofRoom(facts),
    ...ofOthers(facts, choices, ours),
    ...ofSubnet(facts, baseSubnet),
  ];
}

/** Wrong answers are the person's to correct; everything else is what the host lacks. */
export function exitOf(problems: readonly Problem[]): ExitCode {
  const isWrong = ({ code }: Problem) =>
    code.startsWith('answers-') || code === 'host-subnet-taken';
  return problems.some(isWrong) ? ExitCode.usage : ExitCode.environment;
}

function ofSystem({ isRoot, system, systemd, packagesBroken }: Facts): Problem[] {
  const found: Problem[] = [];
  const family = familyOf(system);
  const name = printable(system.name || system.id || '?');
  if (!isRoot)
    found.push(
      problem(
        'host-not-root',
        { en: 'Only root may change this host.', fr: 'Seul root peut modifier cet hôte.' },
        {
          en: "Run it as 'sudo anklume host bootstrap'.",
          fr: 'Lancez « sudo anklume host bootstrap ».',
        },
      ),
    );
  if (!family)
    found.push(
      problem(
        'host-unknown-distribution',
        {
          en: `${name} is not a distribution that anklume knows.`,
          fr: `${name} n'est pas une distribution connue d'anklume.`,
        },
        {
          en: "Known are Debian, Ubuntu, Fedora, Arch and CachyOS. Elsewhere, install Incus yourself, then run 'anklume up'.",
          fr: 'Sont connues Debian, Ubuntu, Fedora, Arch et CachyOS. Ailleurs, installez Incus vous-même, puis lancez « anklume up ».',
        },
      ),
    );
  const oldest = family && tooOld(family, system);
  if (oldest !== undefined)
    found.push(
      problem(
        'host-distribution-too-old',
        {
          en: `${name} is too old: version ${oldest} is the first whose packages are enough.`,
          fr: `${name} est trop ancien : la version ${oldest} est la première dont les paquets suffisent.`,
        },
        { en: 'Upgrade the distribution first.', fr: "Mettez d'abord la distribution à niveau." },
      ),
    );
  if (!systemd)
    found.push(
      problem(
        'host-no-systemd',
        { en: 'systemd does not run this host.', fr: 'systemd ne dirige pas cet hôte.' },
        {
          en: "Without it nothing can be started at boot. 'anklume demo' needs no service of the host.",
          fr: "Sans lui, rien ne peut être lancé au démarrage. « anklume demo » n'a besoin d'aucun service de l'hôte.",
        },
      ),
    );
  if (packagesBroken !== undefined)
    found.push(
      problem(
        'host-packages-broken',
        {
          en: `The package manager finds an installation that is half done: ${printable(packagesBroken).slice(-400)}`,
          fr: `Le gestionnaire de paquets trouve une installation à moitié faite : ${printable(packagesBroken).slice(-400)}`,
        },
        family?.manager === 'apt'
          ? {
              en: "Run 'dpkg --configure -a' and 'apt-get --fix-broken install'.",
              fr: 'Lancez « dpkg --configure -a » et « apt-get --fix-broken install ».',
            }
          : { en: 'Repair it first.', fr: "Réparez-la d'abord." },
      ),
    );
  return found;
}

function ofRoom({ freeBytes, memoryBytes }: Facts): Problem[] {
  const found: Problem[] = [];
  if (freeBytes < LEAST_DISK)
    found.push(
      problem(
        'host-disk-full',
        {
          en: `/var/lib has ${gib(freeBytes)} GiB free; ${gib(LEAST_DISK)} are needed.`,
          fr: `/var/lib a ${gib(freeBytes)} Gio libres ; il en faut ${gib(LEAST_DISK)}.`,
        },
        { en: 'Make room there first.', fr: "Faites-y d'abord de la place." },
      ),
    );
  if (memoryBytes < LEAST_MEMORY)
    found.push(
      problem(
        'host-memory-small',
        {
          en: `This host has ${gib(memoryBytes)} GiB of memory; one is needed.`,
          fr: `Cet hôte a ${gib(memoryBytes)} Gio de mémoire ; il en faut un.`,
        },
        { en: 'Give it more memory.', fr: 'Donnez-lui plus de mémoire.' },
      ),
    );
  return found;
}

function ofOthers({ incus, lxd, launcher }: Facts, choices: Choices, ours: boolean): Problem[] {
  const found: Problem[] = [];
  const inIncus = incus.pools.length + incus.networks.length + incus.instances;
  if (!ours && !choices.adopt && (inIncus > 0 || incus.state === 'stopped'))
    found.push(
      problem(
        'host-incus-foreign',
        incus.state === 'stopped'
          ? {
              en: 'Incus is installed and does not answer: what it holds cannot be seen.',
              fr: "Incus est installé et ne répond pas : ce qu'il contient ne peut être vu.",
            }
          : {
              en: `Incus was initialised by somebody else: ${incus.pools.length} pools, ${incus.networks.length} networks, ${incus.instances} machines.`,
              fr: `Incus a été initialisé par quelqu'un d'autre : ${incus.pools.length} pools, ${incus.networks.length} réseaux, ${incus.instances} machines.`,
            },
        incus.state === 'stopped'
          ? { en: 'Start it, then run this again.', fr: 'Démarrez-le, puis relancez.' }
          : {
              en: '--adopt uses it as it is and changes nothing in it.',
              fr: "--adopt l'utilise tel quel, sans rien y modifier.",
            },
      ),
    );
  if (lxd)
    found.push(
      problem(
        'host-lxd',
        {
          en: 'LXD is installed: both would want the same bridges and addresses.',
          fr: 'LXD est installé : les deux voudraient les mêmes ponts et les mêmes adresses.',
        },
        {
          en: "Take its machines over with 'lxd-to-incus', or remove it and its folder (/var/lib/lxd, /var/snap/lxd).",
          fr: 'Reprenez ses machines avec « lxd-to-incus », ou retirez-le avec son dossier (/var/lib/lxd, /var/snap/lxd).',
        },
      ),
    );
  if (launcher === 'file')
    found.push(
      problem(
        'host-launcher-taken',
        {
          en: `${LAUNCHER} is a file that anklume did not put there.`,
          fr: `${LAUNCHER} est un fichier qu'anklume n'y a pas mis.`,
        },
        { en: 'Move it away.', fr: 'Déplacez-le.' },
      ),
    );
  return found;
}

function ofSubnet({ networks }: Facts, baseSubnet: string | undefined): Problem[] {
  const other =
    baseSubnet && networks.find(({ subnet }) => overlaps(subnet, `${baseSubnet}.0.0/16`));
  if (!other) return [];
  const device = printable(other.device);
  return [
    problem(
      'host-subnet-taken',
      {
        en: `The subnet ${baseSubnet}.0.0/16 overlaps ${other.subnet}, which this host has on ${device}.`,
        fr: `Le sous-réseau ${baseSubnet}.0.0/16 recouvre ${other.subnet}, que cet hôte a sur ${device}.`,
      },
      { en: 'Name another base_subnet.', fr: 'Indiquez un autre base_subnet.' },
    ),
  ];
}

function problem(code: string, message: Text, remedy: Text): Problem {
  return { code, severity: 'error', path: ['host'], message, remedy };
}

function gib(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}
