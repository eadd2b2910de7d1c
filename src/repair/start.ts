import {
  type Incus,
  type Instance,
  isInstancePath,
  isKind,
  type StateOptions,
} from '../incus/index.ts';
import { MARK } from '../world/tree/index.ts';
import type { InstanceRef, Repairs } from './ref.ts';
import { repaired } from './repaired.ts';
import { finishRestore } from './restore.ts';
import { giveUsers } from './users.ts';

/** Starts a machine, over what something killed left of an earlier start, snapshot or restore; never as root of the host. */
export async function startMachine(
  incus: Incus,
  ref: InstanceRef,
  repairs: Repairs = {},
): Promise<void> {
  const { name, project } = ref;
  const live = await read(incus, ref);
  if (isHalfRestored(live)) {
    // The daemon ends what a killed client asked for.
    await incus.operations.settled((path) => isInstancePath(path, ref));
    await finishRestore(incus, await read(incus, ref), repairs);
  }
  await repaired(incus, ref, repairs, () => giveUsers(incus, live));
  await repaired(incus, ref, repairs, () => incus.instances.setState(name, 'start', { project }));
}

/** Restarts one that runs. Where it stopped and did not come up again, it is started over what was in its way. */
export async function restartMachine(
  incus: Incus,
  ref: InstanceRef,
  options: Pick<StateOptions, 'force' | 'timeoutSeconds'>,
  repairs: Repairs = {},
): Promise<void> {
  const { name, project } = ref;
  const live = await read(incus, ref);
  await repaired(incus, ref, repairs, () => giveUsers(incus, live));
  try {
    await incus.instances.setState(name, 'restart', { project, ...options });
  } catch (error) {
    if (!isKind(error, 'failed', 'invalid')) throw error;
    if ((await read(incus, ref)).status !== 'Stopped') throw error;
    await startMachine(incus, ref, repairs);
  }
}

async function read(incus: Incus, { name, project }: InstanceRef): Promise<Instance> {
  return (await incus.instances.get(name, { project })).value;
}

function isHalfRestored({ config }: Instance): boolean {
  return (config[MARK.restoring] ?? '') !== '';
}
