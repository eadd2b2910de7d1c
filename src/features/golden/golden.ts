import { AnklumeError } from '../../base/messages/index.ts';
import { clearProject } from '../../copies/index.ts';
import type { Plan } from '../../engine/index.ts';
import type { Daemon, Listening, World } from '../../site/index.ts';
import { candidatesOf } from './candidates.ts';
import { keptAmong } from './kept.ts';
import { recipesOf } from './recipes.ts';
import { asked, GoldenRun } from './run.ts';
import { share, WORTH_KEEPING } from './share.ts';

/**
 * Looks for machines of a plan that could be made from an image of one that is provisioned already, or in this run.
 * Undefined where there are none; that costs two requests, and none where nothing is made.
 */
export async function goldenRun(
  world: World,
  daemon: Daemon,
  plan: Plan,
  listening: Listening,
): Promise<GoldenRun | undefined> {
  const created = new Set(
    plan.entries
      .filter(({ action, kind }) => action === 'create' && kind === 'instance')
      .map(({ id }) => id),
  );
  const all = candidatesOf(world.desired);
  const count = all.filter(({ id }) => created.has(id)).length;
  if (count === 0) return undefined;
  // What a run that was cut off left behind; one that is in the way is told when an image is made.
  await clearProject(daemon.incus).catch((error: unknown) => {
    if (!(error instanceof AnklumeError)) throw error;
  });
  const images = await daemon.incus.images.list();
  if (count < WORTH_KEEPING && keptAmong(images).length === 0) return undefined;
  const recipes = await recipesOf(world.root, all, listening.signal);
  const wishes = asked(world.desired, recipes, images).filter(({ id }) => created.has(id));
  const sharing = share(wishes, keptAmong(images));
  if (sharing.fromKept.size + sharing.lots.length === 0) return undefined;
  return new GoldenRun(world, daemon, plan, listening, sharing, recipes);
}
