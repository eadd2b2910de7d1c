import type { MachineStatus } from '../../engine/index.ts';
import { type Daemon, machineStatus, type World } from '../../site/index.ts';
import { type MachineFacts, readMachine } from './facts.ts';
import type { Place } from './find.ts';

/** A machine with its status as in the list of all, and the facts that only its own page has. Plain JSON. */
export interface MachineSeen {
  readonly status?: MachineStatus;
  readonly facts: MachineFacts;
}

export async function showMachine(
  world: World,
  daemon: Daemon,
  place: Place,
): Promise<MachineSeen> {
  const [all, facts] = await Promise.all([
    machineStatus(world, daemon),
    readMachine(daemon.incus, world.desired, place),
  ]);
  const status = all.find(
    ({ project, instance }) => project === place.project && instance === place.instance,
  );
  return { facts, ...(status && { status }) };
}
