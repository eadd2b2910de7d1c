import { join } from 'node:path';
import type { Host } from '../system/index.ts';
import type { Guest } from './guests.ts';
import type { Outside, PlannedProbe, ProbeMachine } from './probes.ts';

/** A place where the prober sends and looks; see prober/__main__.py. */
interface Space {
  readonly path: string;
  readonly watch: 'card' | 'stack' | 'tap';
  readonly interface?: string;
}

export interface Ends {
  readonly machines: readonly ProbeMachine[];
  readonly guests: readonly Guest[];
  readonly host: Host;
  readonly outside?: Outside | undefined;
}

/** No namespace that could be entered: nothing is sent there, and what arrives is not seen. */
const NOWHERE = -1;

/** The host's own network namespace, as a file. */
export function hostSpaceOf({ enter, proc }: Host): string {
  return enter.length === 0 ? '/proc/self/ns/net' : join(proc, '1/ns/net');
}

/** The spaces of a proof, and the rows in which the prober gets probes between them. */
export function spacesOf({ machines, guests, host, outside }: Ends) {
  const hostSpace = hostSpaceOf(host);
  const spaces: Space[] = [{ path: hostSpace, watch: 'stack' }];
  const numbers = new Map<string, number>();
  const add = (name: string, space: Space) => numbers.set(name, spaces.push(space) - 1);
  for (const { name, netns } of machines) add(name, { path: netns, watch: 'card' });
  if (outside) add('internet', { path: outside.netns, watch: 'card' });
  for (const { name, tap } of guests)
    if (tap === undefined) numbers.set(name, NOWHERE);
    else add(name, { path: hostSpace, watch: 'tap', interface: tap });
  const names = new Set(guests.map(({ name }) => name));
  // The host and its gateways are space 0, as is every name that is no machine's.
  const numberOf = (name: string) => numbers.get(name) ?? 0;
  const row = ({ from, fromAddress, to, toAddress, protocol, port, expected }: PlannedProbe) => {
    const source = names.has(from) ? NOWHERE : numberOf(from);
    return [source, fromAddress, numberOf(to), toAddress, protocol, port ?? 0, expected];
  };
  return { spaces, numberOf, row };
}
