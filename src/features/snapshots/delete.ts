import { alone, type Daemon, type Listening, type MachinePlace } from '../../site/index.ts';
import { deleteSnapshots, type Meant } from './act.ts';
import type { Choice } from './decide.ts';
import type { SnapshotReport } from './outcome.ts';

export interface DeleteChoices {
  readonly places: readonly MachinePlace[];
  readonly name: string;
  readonly choice: Choice;
  readonly confirm: (meant: readonly Meant[]) => Promise<void>;
}

/** Removes the snapshot of that name from each machine, with the daemon held. */
export function deleteFromMachines(
  daemon: Daemon,
  { places, name, choice, confirm }: DeleteChoices,
  { emit, signal }: Listening,
): Promise<SnapshotReport> {
  const { incus, host } = daemon;
  return alone(daemon, 'snapshot delete', { emit, signal }, () =>
    deleteSnapshots(incus, places, name, { ...choice, confirm }, { emit, signal, host }),
  );
}
