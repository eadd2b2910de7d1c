import { MARK } from '../engine/index.ts';
import type { Network } from '../incus/index.ts';
import { AnklumeError, ExitCode, type Problem } from '../messages/index.ts';
import { type Collision, collisions, type HostNetwork } from '../network/index.ts';
import { printable } from '../system/index.ts';
import type { Desired } from '../tree/index.ts';

/**
 * Refuses subnets that the host uses for something else, before anything is created. `known` are the daemon's
 * networks. Throws `subnet-collides-host` (exit 2).
 */
export function refuseCollisions(
  desired: Desired,
  networks: readonly HostNetwork[],
  known: readonly Network[],
): void {
  const bridges = [
    ...desired.domains.map(({ network }) => network.name),
    // Bridges of ours that are no longer wanted: pruning, not renumbering, is what they need.
    ...known.filter(({ config }) => config?.[MARK.project] !== undefined).map(({ name }) => name),
  ];
  const found = collisions(desired, networks, new Set(bridges));
  if (found.length === 0) return;
  throw new AnklumeError({
    code: 'subnet-collides-host',
    exit: ExitCode.usage,
    problems: found.map(problemOf),
    message: {
      en: 'Subnets of domains collide with networks of this host. Nothing was changed.',
      fr: 'Des sous-réseaux de domaines entrent en conflit avec des réseaux de cet hôte. Rien n’a été modifié.',
    },
  });
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
      en: 'Give the domain another subnet_id, or all of them another base_subnet.',
      fr: 'Donnez au domaine un autre subnet_id, ou à tous un autre base_subnet.',
    },
  };
}
