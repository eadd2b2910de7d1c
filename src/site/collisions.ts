import { AnklumeError, ExitCode, type Problem } from '../base/messages/index.ts';
import { printable } from '../base/system/index.ts';
import { MARK, type PlanNote } from '../engine/index.ts';
import type { Network } from '../incus/index.ts';
import {
  type Collision,
  collisions,
  type HostNetwork,
  readHostNetworks,
} from '../isolation/index.ts';
import { type Desired, fitsBridge } from '../world/tree/index.ts';
import type { Daemon } from './daemon.ts';

/**
 * Refuses subnets that the host uses for something else, before anything is created. `known` are the daemon's
 * networks. Throws `subnet-collides-host` (exit 2). A bridge that has its subnet already was there first: what came
 * later, such as a VPN, is told, and stands in the way of nothing else.
 */
export function refuseCollisions(
  desired: Desired,
  networks: readonly HostNetwork[],
  known: readonly Network[],
): PlanNote[] {
  const found = foundBeside(desired, networks, known);
  const first = found.filter((one) => !isInPlace(one, desired, known));
  if (first.length === 0) return found.map((one) => noteOf(one, desired));
  throw new AnklumeError({
    code: 'subnet-collides-host',
    exit: ExitCode.usage,
    problems: first.map(problemOf),
    message: {
      en: 'Subnets of domains collide with networks of this host. Nothing was changed.',
      fr: "Des sous-réseaux de domaines entrent en conflit avec des réseaux de cet hôte. Rien n'a été modifié.",
    },
  });
}

/** What the host has come to use of the subnets that bridges have already; nothing for a host out of reach. */
export async function laterCollisions(
  desired: Desired,
  { incus, host }: Daemon,
): Promise<PlanNote[]> {
  if (!host) return [];
  const [networks, known] = await Promise.all([readHostNetworks(host), incus.networks.list()]);
  return foundBeside(desired, networks, known)
    .filter((one) => isInPlace(one, desired, known))
    .map((one) => noteOf(one, desired));
}

function foundBeside(
  desired: Desired,
  networks: readonly HostNetwork[],
  known: readonly Network[],
): Collision[] {
  const bridges = [
    ...desired.domains.map(({ network }) => network.name),
    // Bridges of ours that are no longer wanted: pruning, not renumbering, is what they need.
    ...known.filter(({ config }) => config?.[MARK.project] !== undefined).map(({ name }) => name),
  ];
  return collisions(desired, networks, new Set(bridges));
}

function isInPlace({ domain }: Collision, desired: Desired, known: readonly Network[]): boolean {
  const network = desired.domains.find(({ name }) => name === domain)?.network;
  const live = known.find(({ name }) => name === network?.name);
  const address = live?.config['ipv4.address'];
  if (!network || !address || address === 'none') return false;
  return fitsBridge({ 'ipv4.address': network.gateway }, { 'ipv4.address': address });
}

function noteOf({ domain, subnet, with: other }: Collision, desired: Desired): PlanNote {
  const device = printable(other.device);
  const name = desired.domains.find((one) => one.name === domain)?.network.name ?? domain;
  // The kernel takes the longest prefix that an address lies in.
  const loses = lengthOf(other.subnet) >= lengthOf(subnet);
  const outcome = loses
    ? {
        en: `packets to machines of the domain leave through ${device} instead.`,
        fr: `les paquets destinés aux machines du domaine partent par ${device}.`,
      }
    : {
        en: `what has such addresses behind ${device} cannot be reached from here.`,
        fr: `ce qui a de telles adresses derrière ${device} est injoignable d'ici.`,
      };
  return {
    id: `network:${name}`,
    code: 'subnet-overlapped',
    text: {
      en: `${domain}: this host has come to use ${other.subnet} on ${device}, which overlaps the subnet ${subnet}: ${outcome.en}`,
      fr: `${domain} : cet hôte utilise désormais ${other.subnet} sur ${device}, qui recouvre le sous-réseau ${subnet} : ${outcome.fr}`,
    },
    remedy: {
      en: `Give the domain another subnet_id and apply: its machines move along. Or disconnect ${device}.`,
      fr: `Donnez au domaine un autre subnet_id et lancez apply : ses machines suivent. Ou déconnectez ${device}.`,
    },
  };
}

function lengthOf(subnet: string): number {
  return Number(subnet.split('/')[1] ?? 32);
}

function problemOf({ domain, subnet, with: other }: Collision): Problem {
  const device = printable(other.device);
  return {
    code: 'subnet-collides-host',
    severity: 'error',
    path: ['domains', domain, 'subnet_id'],
    message: {
      en: `${domain}: the subnet ${subnet} overlaps ${other.subnet}, which this host has on ${device}.`,
      fr: `${domain} : le sous-réseau ${subnet} recouvre ${other.subnet}, que cet hôte a sur ${device}.`,
    },
    remedy: {
      en: 'Give the domain another subnet_id, or all of them another base_subnet; machines that run move along.',
      fr: 'Donnez au domaine un autre subnet_id, ou à tous un autre base_subnet ; les machines en marche suivent.',
    },
  };
}
