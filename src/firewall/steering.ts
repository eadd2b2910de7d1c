import type { FirewallPort } from '../network/index.ts';
import { covering, numberOf } from './subnets.ts';

/** Where the firewall machine stands on a bridge: all that steering has to know of it. */
export type Leg = Pick<FirewallPort, 'bridge' | 'subnet' | 'address'>;

/** One line of a routing table of our own. `via` is absent for what is on the bridge itself. */
export interface SteeringRoute {
  readonly table: number;
  readonly to: string;
  readonly bridge: string;
  readonly via?: string;
}

/** Packets that come in from this bridge are looked up in this table first. */
export interface SteeringRule {
  readonly bridge: string;
  readonly table: number;
}

/** What makes the host hand packets between domains to the firewall machine. Plain JSON. */
export interface Steering {
  readonly rules: readonly SteeringRule[];
  readonly routes: readonly SteeringRoute[];
}

/** Of a host that filters between domains itself. */
export const NO_STEERING: Steering = { rules: [], routes: [] };

/**
 * One table for each bridge: the domains lie behind the firewall machine's leg on that same bridge, so a conversation
 * takes the same way there and back. What no table knows, the internet for one, is routed as before. The number of a
 * table is its subnet's address, so that it stays when domains come and go.
 */
export function steeringFor(legs: readonly Leg[]): Steering {
  const everywhere = covering(legs.map(({ subnet }) => subnet));
  const tableOf = ({ subnet }: Leg): number => numberOf(subnet);
  return {
    rules: legs.map((leg) => ({ bridge: leg.bridge, table: tableOf(leg) })),
    routes: legs.flatMap((leg): SteeringRoute[] => {
      const table = tableOf(leg);
      const { bridge, subnet, address } = leg;
      const onward = everywhere.filter((to) => to !== subnet);
      return [
        { table, to: subnet, bridge },
        ...onward.map((to) => ({ table, to, bridge, via: address })),
      ];
    }),
  };
}
