import { publishCopy } from '../../copies/index.ts';
import type { Incus } from '../../incus/index.ts';
import { KEPT } from './kept.ts';

/** A machine that was made and provisioned in this run, and nothing else ever happened in. */
export interface Model {
  readonly project: string;
  readonly instance: string;
  readonly recipe: string;
  /** As declared: `images:debian/13`. */
  readonly image: string;
  readonly roles: readonly string[];
}

/**
 * Keeps a machine as an image, and gives its fingerprint. The machine goes on running and is not touched: a copy of it
 * is made fit and published. To be called within `inProject`. An image is there only when it is whole and clean.
 */
export async function capture(
  incus: Incus,
  { project, instance, recipe, image, roles }: Model,
  owner: string,
): Promise<string> {
  const { value: model } = await incus.instances.get(instance, { project });
  return publishCopy(incus, { project, instance }, `copy-${recipe.slice(0, 16)}`, {
    description: `${roles.join(', ')} on ${image} (anklume)`,
    [KEPT.recipe]: recipe,
    [KEPT.base]: model.config['volatile.base_image'] ?? '',
    [KEPT.project]: owner,
    [KEPT.image]: image,
    [KEPT.roles]: roles.join(','),
  });
}
