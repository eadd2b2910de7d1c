import { withRunning } from '../../kit/completion/names.ts';
import type { Proposer } from '../../kit/proposer.ts';

/** Names of the snapshots of all machines, from the daemon that the command would use; none starts for it. */
export const snapshotNames: Proposer = (context) =>
  withRunning(context, async (daemon, { desired }, signal) => {
    const { listSnapshots } = await import('./list.ts');
    const { placesOf } = await import('../../site/index.ts');
    const found = await listSnapshots(daemon.incus, placesOf(desired), { signal });
    return [...new Set(found.filter(({ safety }) => !safety).map(({ name }) => name))];
  });
