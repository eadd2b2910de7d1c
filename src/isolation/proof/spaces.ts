import { join } from 'node:path';
import type { Host } from '../../base/system/index.ts';
import type { FlowModel } from '../model/flows.ts';
import type { Guest } from './guest.ts';
import type { JoinedNic, Outside, PlannedProbe, ProbeMachine } from './probes.ts';

/** A place where the prober sends and looks; see prober/__main__.py. */
interface Space extends Partial<JoinedNic> {
  readonly path: string;
  readonly watch: 'card' | 'stack' | 'tap';
  /** Somewhere outside the host. */
  readonly beyond?: true;
  /** It carries packets of others. */
  readonly carries?: true;
}

export interface Ends {
  readonly machines: readonly ProbeMachine[];
  readonly guests: readonly Guest[];
  readonly host: Host;
  readonly outside?: Outside | undefined;
}

/** The host's own network namespace, as a file. */
export function hostSpaceOf({ enter, proc }: Host): string {
  return enter.length === 0 ? '/proc/self/ns/net' : join(proc, '1/ns/net');
}

/** The spaces of a proof, and the rows in which the prober gets probes between them. */
export function spacesOf({ machines, guests, host, outside }: Ends, carrier?: string) {
  const hostSpace = hostSpaceOf(host);
  const spaces: Space[] = [{ path: hostSpace, watch: 'stack' }];
  const names = ['host'];
  const numbers = new Map<string, number>();
  const add = (name: string, space: Space) => {
    numbers.set(name, spaces.push(space) - 1);
    names.push(name);
  };
  for (const one of machines) {
    const carries = one.name === carrier ? { carries: true as const } : {};
    add(one.name, { path: one.netns, watch: 'card', ...nicOf(one), ...carries });
  }
  if (outside) add('internet', { path: outside.netns, watch: 'card', beyond: true });
  for (const one of guests) add(one.name, { path: hostSpace, watch: 'tap', ...nicOf(one) });
  // The host and its gateways are space 0, as is every name that is no machine's.
  const numberOf = (name: string) => numbers.get(name) ?? 0;
  const row = ({ from, fromAddress, to, toAddress, protocol, port, expected }: PlannedProbe) => [
    ...[numberOf(from), fromAddress, numberOf(to), toAddress],
    ...[protocol, port ?? 0, expected],
  ];
  return { spaces, names, numberOf, row };
}

function nicOf({ bridge, port, mac }: JoinedNic): JoinedNic {
  return { bridge, ...(port !== undefined && { port }), ...(mac !== undefined && { mac }) };
}

/** What the prober is told of the host's side: whom machines ask for, and what carries packets of all domains. */
export function hostSideOf({ domains, firewall }: FlowModel) {
  const legs = firewall?.ports ?? [];
  return {
    gateways: Object.fromEntries(
      domains.map(({ bridge, gateway, ipv6 }) => [
        bridge,
        [
          ...[gateway, ...(ipv6 ? [ipv6.gateway] : [])],
          // The firewall machine, too, has to know who is where.
          ...legs
            .filter((leg) => leg.bridge === bridge)
            .flatMap((leg) => [leg.address, ...(leg.ipv6 ? [leg.ipv6.address] : [])]),
        ],
      ]),
    ),
    carriers: legs.flatMap(({ port, bridge }) => [port, bridge]),
  };
}
