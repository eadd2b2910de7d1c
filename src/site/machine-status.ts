import { type MachineStatus, statusOf } from '../engine/index.ts';
import { bootMark } from './boot-mark.ts';
import type { Daemon } from './daemon.ts';
import type { World } from './world.ts';

/** Every declared machine as it stands. */
export async function machineStatus({ desired }: World, daemon: Daemon): Promise<MachineStatus[]> {
  const { incus, nesting } = daemon;
  const [context, boot] = await Promise.all([nesting(), bootMark(daemon)]);
  return statusOf(desired, incus, context, { unguarded: boot === 'open' });
}
