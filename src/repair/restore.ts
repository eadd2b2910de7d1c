import { AnklumeError } from '../base/messages/index.ts';
import { type Incus, type Instance, isKind, isNotFound } from '../incus/index.ts';
import { MARK } from '../world/tree/index.ts';
import type { Repairs } from './ref.ts';
import { repaired } from './repaired.ts';
import { isUnfinished } from './unfinished.ts';
import { snapshotVolumes } from './without-volume.ts';

/** Written beside the name of the snapshot on a machine that did not run when it was to be brought back. */
const STOPPED = '/stopped';

export interface RestoreOptions extends Repairs {
  /** It ran before, whatever it does now: a run that was cut off had stopped it. */
  readonly ran?: boolean;
  /** What is to stand on the machine afterwards, as config keys. */
  readonly marks?: Readonly<Record<string, string>>;
  /** A snapshot of the machine as it is now, to go back to where the restore fails. */
  readonly fallback?: string;
}

/**
 * Brings a machine back to a snapshot: data, config, devices. What ran runs again. From the first change on, until the
 * disk is that of the snapshot, a mark on the machine says so. Throws `snapshot-incomplete` before it touches anything.
 */
export async function restoreSnapshot(
  incus: Incus,
  live: Instance,
  snapshot: string,
  options: RestoreOptions = {},
): Promise<void> {
  const { name, project } = live;
  await checkWhole(incus, live, snapshot);
  // One that is frozen cannot be stopped.
  if (live.status === 'Frozen') await incus.instances.setState(name, 'unfreeze', { project });
  const ran = options.ran ?? (live.status !== 'Stopped' || markOf(live)?.ran === true);
  try {
    await goBack(incus, live, snapshot, ran, options);
  } catch (error) {
    const { fallback } = options;
    if (fallback === undefined || isKind(error, 'unreachable', 'unknown-outcome')) throw error;
    const { marks: _, ...repairs } = options;
    await goBack(incus, live, fallback, ran, repairs);
    throw error;
  }
}

async function goBack(
  incus: Incus,
  { name, project, description }: Instance,
  snapshot: string,
  ran: boolean,
  options: RestoreOptions,
): Promise<void> {
  const ref = { name, project };
  const patch = (config: Readonly<Record<string, string>>) =>
    repaired(incus, ref, options, () => incus.instances.patch(name, { config }, { project }));
  await patch({ [MARK.restoring]: ran ? snapshot : `${snapshot}${STOPPED}` });
  await repaired(incus, ref, options, () => incus.snapshots.restore(name, snapshot, { project }));
  // The daemon stops what runs and starts it afterwards, unless the start fails or it is killed in between.
  if (ran)
    await repaired(incus, ref, options, () => incus.instances.setState(name, 'start', { project }));
  const config = { ...options.marks, [MARK.restoring]: '' };
  // The daemon gives the machine the description of the snapshot, which has none.
  await repaired(incus, ref, options, () =>
    incus.instances.patch(name, { config, description }, { project }),
  );
}

/**
 * Ends a restore that was cut off, whose disk may be a mixture of two states; gives the machine as it is then. One that
 * runs was not touched yet, or somebody started it and works in it: it stays as it is.
 */
export async function finishRestore(
  incus: Incus,
  live: Instance,
  repairs: Repairs,
): Promise<Instance> {
  const half = markOf(live);
  if (!half) return live;
  const { name, project } = live;
  if (live.status !== 'Stopped') {
    const config = { [MARK.restoring]: '' };
    await repaired(incus, live, repairs, () =>
      incus.instances.patch(name, { config }, { project }),
    );
    return live;
  }
  repairs.emit?.({
    type: 'note',
    level: 'info',
    code: 'restore-finished',
    text: {
      en: `'${name}' was being restored to '${half.snapshot}' when that was cut off: it is done again.`,
      fr: `« ${name} » était en cours de restauration vers « ${half.snapshot} » quand cela a été interrompu : c'est refait.`,
    },
  });
  await restoreSnapshot(incus, live, half.snapshot, repairs);
  return (await incus.instances.get(name, { project })).value;
}

function markOf({ config }: Instance): { snapshot: string; ran: boolean } | undefined {
  const mark = config[MARK.restoring] ?? '';
  if (mark === '') return undefined;
  const ran = !mark.endsWith(STOPPED);
  return { snapshot: ran ? mark : mark.slice(0, -STOPPED.length), ran };
}

/** The daemon would stop the machine first, and then find that there is nothing to bring back. */
async function checkWhole(incus: Incus, live: Instance, snapshot: string): Promise<void> {
  const { name, project } = live;
  const [found, volumes] = await Promise.all([
    incus.snapshots.get(name, snapshot, { project }).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    }),
    snapshotVolumes(incus, live),
  ]);
  if (found && !isUnfinished(found) && volumes?.has(snapshot) !== false) return;
  throw new AnklumeError({
    code: 'snapshot-incomplete',
    message: found
      ? {
          en: `The snapshot '${snapshot}' of '${name}' was cut off while it was made or deleted, and is not whole.`,
          fr: `L'instantané « ${snapshot} » de « ${name} » a été interrompu pendant sa création ou sa suppression, et n'est pas complet.`,
        }
      : {
          en: `'${name}' has no snapshot '${snapshot}' any more.`,
          fr: `« ${name} » n'a plus d'instantané « ${snapshot} ».`,
        },
    remedy: {
      en: `Go back to another: 'anklume snapshot list ${name}' shows them.`,
      fr: `Revenez à un autre : « anklume snapshot list ${name} » les montre.`,
    },
  });
}
