import { type Observed, observe } from '../engine/index.ts';
import { type HostNetwork, readHostNetworks } from '../network/index.ts';
import type { Daemon } from './daemon.ts';

/** What stands on the other side of a plan: the objects of the daemon, and the networks of its host. */
export interface Sight {
  readonly observed: Observed;
  /** Empty for a remote: its host cannot be asked, so nothing is refused there. */
  readonly around: readonly HostNetwork[];
}

/** Reads both at once. It depends on no tree, so it can be begun before there is one. */
export async function look({ incus, host }: Daemon): Promise<Sight> {
  const [observed, around] = await Promise.all([
    observe(incus),
    host ? readHostNetworks(host) : [],
  ]);
  return { observed, around };
}
