import type { Host } from '../base/system/index.ts';
import { type Observed, observe, readBridges } from '../engine/index.ts';
import { type HostNetwork, hostNetworksIn, listHostLinks } from '../isolation/index.ts';
import type { NestingContext } from '../world/infra/index.ts';
import { type BootMark, withBoot } from './boot-mark.ts';
import type { Daemon } from './daemon.ts';
import { hasAllUsers, readSubIds } from './sub-ids.ts';

/** What stands on the other side of a plan: the objects of the daemon, and the networks of its host. */
export interface Sight {
  readonly observed: Observed;
  /** Empty for a remote: its host cannot be asked, so nothing is refused there. */
  readonly around: readonly HostNetwork[];
  /** Where that host stands; undefined where nobody can tell. */
  readonly nesting: NestingContext | undefined;
}

/**
 * Reads all at once. It depends on no tree, so it can be begun before there is one. `promised`: how the host will boot
 * after this run.
 */
export async function look(daemon: Daemon, promised?: BootMark): Promise<Sight> {
  const { incus, host, nesting } = daemon;
  const [observed, subIds, quotas, { around, bridges }, context] = await Promise.all([
    withBoot(daemon, observe(incus), promised),
    host ? readSubIds(host) : undefined,
    host ? hasAllUsers(host) : true,
    host ? lookAround(host) : { around: [], bridges: undefined },
    nesting(),
  ]);
  const seen = { ...observed, quotas, ...(subIds && { subIds }), ...(bridges && { bridges }) };
  return { observed: seen, around, nesting: context };
}

/** The networks of a host and its bridges, by one program. */
async function lookAround(host: Host) {
  const listed = await listHostLinks(host);
  return { around: hostNetworksIn(listed), bridges: await readBridges(host, listed) };
}
