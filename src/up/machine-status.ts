import { type MachineStatus, statusOf } from '../engine/index.ts';
import type { Daemon } from './daemon.ts';
import type { World } from './world.ts';

/** Every declared machine as it stands. */
export async function machineStatus(
  { desired }: World,
  { incus, nesting }: Daemon,
): Promise<MachineStatus[]> {
  return statusOf(desired, incus, await nesting());
}
