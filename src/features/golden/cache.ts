import { byTime } from '../../base/system/index.ts';
import { clearProject } from '../../copies/index.ts';
import type { Daemon, World } from '../../site/index.ts';
import { alone, type Listening } from '../../site/index.ts';
import { candidatesOf } from './candidates.ts';
import { type Kept, keptAmong, unasked } from './kept.ts';
import { recipesOf } from './recipes.ts';
import { asked } from './run.ts';

const oldestFirst = byTime<Kept>(
  ({ createdAt }) => createdAt,
  ({ fingerprint }) => fingerprint,
);

/** The images that machines of this daemon were kept as, the newest first. */
export async function listGolden({ incus }: Pick<Daemon, 'incus'>): Promise<Kept[]> {
  const kept = keptAmong(await incus.images.list());
  return kept.sort(oldestFirst).reverse();
}

/**
 * Removes the images that the infrastructure of `world` keeps and none of its machines would be made from; without a
 * world, all that there are. Gives what was removed. Machines that were made from them are not concerned.
 */
export async function pruneGolden(
  daemon: Daemon,
  listening: Listening,
  world?: World,
): Promise<readonly Kept[]> {
  const { incus } = daemon;
  return alone(daemon, 'image cache delete', listening, async () => {
    await clearProject(incus);
    const images = await incus.images.list();
    const kept = keptAmong(images);
    const gone = world ? await unaskedIn(world) : kept;
    for (const { fingerprint } of gone) await incus.images.delete(fingerprint);
    return gone;

    async function unaskedIn({ root, desired }: World): Promise<readonly Kept[]> {
      if (!kept.some(({ project }) => project === desired.projectName)) return [];
      const recipes = await recipesOf(root, candidatesOf(desired), listening.signal);
      return unasked(kept, desired.projectName, asked(desired, recipes, images));
    }
  });
}
