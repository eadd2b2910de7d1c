import type { FirewallPort } from '../index.ts';
import { covering, numberOf } from './subnets.ts';

/** Where the firewall machine stands on a bridge: all that steering has to know of it. */
export type Leg = Pick<FirewallPort, 'bridge' | 'subnet' | 'address' | 'ipv6'>;

/** One line of a routing table of our own, of IPv6 where `to` is. `via` is absent for what is on the bridge itself. */
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
  /** Absent: those of IPv4. */
  readonly family?: 6;
}

/** What makes the host hand packets between domains to the firewall machine. Plain JSON. */
export interface Steering {
  readonly rules: readonly SteeringRule[];
  readonly routes: readonly SteeringRoute[];
}

/** Of a host that filters between domains itself. */
export const NO_STEERING: Steering = { rules: [], routes: [] };

/** A leg in one family of addresses. */
interface Way {
  readonly bridge: string;
  readonly table: number;
  readonly subnet: string;
  readonly address: string;
}

/**
 * One table for each bridge: the domains lie behind the firewall machine's leg on that same bridge, so a conversation
 * takes the same way there and back. What no table knows, the internet for one, is routed as before. The number of a
 * table is its subnet's address, so that it stays when domains come and go; that of IPv6, a table apart, is the same.
 */
export function steeringFor(legs: readonly Leg[]): Steering {
  const fourth = legs.map(({ bridge, subnet, address }) => ({
    ...{ bridge, subnet, address },
    table: numberOf(subnet),
  }));
  const sixth = legs.flatMap(({ bridge, subnet, ipv6 }) =>
    ipv6 ? [{ bridge, ...ipv6, table: numberOf(subnet) }] : [],
  );
  return {
    rules: [
      ...fourth.map(({ bridge, table }) => ({ bridge, table })),
      ...sixth.map(({ bridge, table }) => ({ bridge, table, family: 6 as const })),
    ],
    routes: [...routesOf(fourth), ...routesOf(sixth)],
  };
}

function routesOf(ways: readonly Way[]): SteeringRoute[] {
  const everywhere = covering(ways.map(({ subnet }) => subnet));
  return ways.flatMap(({ table, bridge, subnet, address }): SteeringRoute[] => {
    const onward = everywhere.filter((to) => to !== subnet);
    return [
      { table, to: subnet, bridge },
      ...onward.map((to) => ({ table, to, bridge, via: address })),
    ];
  });
}
