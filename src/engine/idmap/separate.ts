import type { Incus, Instance } from '../../incus/index.ts';
import type { InstancePlace } from '../perform/instance.ts';
import { sharesWith } from './notes.ts';

/** Rounds beyond one for each machine, after which two tools that choose against each other are left to the next plan. */
const MORE = 4;

/**
 * Incus notes which users it took after others may have looked for free ones, so that machines made or restored at the
 * same moment may get the same. Looks what the given machines really have, and has Incus choose again for those
 * that are somebody else's too. `restarts` where they were made just now, and nobody works in them yet.
 */
export async function separateIdmaps(
  incus: Incus,
  places: readonly InstancePlace[],
  restarts: boolean,
): Promise<void> {
  if (places.length === 0) return;
  for (let left = places.length + MORE; left > 0; left--) {
    const all = await incus.instances.list();
    // One after the other: of two that share, the second is alone once the first has moved.
    const twin = all.find(
      (live) =>
        places.some(({ project, name }) => live.project === project && live.name === name) &&
        sharesWith(live, all) !== undefined,
    );
    if (!twin) return;
    await chooseAgain(incus, twin, restarts);
  }
}

async function chooseAgain(incus: Incus, live: Instance, restarts: boolean): Promise<void> {
  const { project, name, status } = live;
  await incus.instances.chooseUsers(live);
  if (status !== 'Running' || !restarts) return;
  // Not a stop and a start: some are made to go when they stop.
  await incus.instances.setState(name, 'restart', { project, force: true });
}
