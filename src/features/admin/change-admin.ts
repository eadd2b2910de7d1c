import type { Daemon, World } from '../../site/index.ts';
import type { AdminPlace } from './place.ts';
import { type AdminStatus, adminStatus, switchAdminOff, switchAdminOn } from './switch.ts';

/** What became of the admin container. Plain JSON. */
export type AdminChange = SwitchedOn | SwitchedOff;

interface SwitchedOn {
  readonly state: 'on';
  readonly place: AdminPlace;
}

interface SwitchedOff {
  readonly state: 'off';
  readonly changed: boolean;
}

/** Looks at the admin container, or switches it on or off. */
export async function changeAdmin(
  world: World,
  daemon: Daemon,
  wanted: 'on' | 'off' | 'status',
  signal: AbortSignal,
): Promise<AdminStatus | AdminChange> {
  if (wanted === 'status') return adminStatus(world, daemon);
  if (wanted === 'on') return { state: 'on', place: await switchAdminOn(world, daemon, signal) };
  return { state: 'off', changed: await switchAdminOff(world, daemon) };
}
