import type { Incus, Sftp } from '../../incus/index.ts';
import { dressCopy, imageProperties, makeCopy, type Original } from './copy.ts';
import { KEPT } from './kept.ts';
import { GOLDEN_PROJECT, OURS } from './project.ts';
import { scrub } from './scrub.ts';

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

/** The daemon's own keys, what is said of the image, and how the owners of files are to be read. */
const STAYS = /^((volatile|image|security\.idmap)\.|security\.privileged$|raw\.idmap$)/;

/**
 * Makes an image of a copy without identity, called `name` meanwhile, and gives its fingerprint. `furnish` may write
 * into its files. To be called within `inProject`.
 */
export async function publishCopy(
  incus: Incus,
  original: Original,
  name: string,
  properties: Readonly<Record<string, string>>,
  furnish: (files: Sftp) => Promise<void> = async () => {},
): Promise<string> {
  const { project, instance } = original;
  const { value: live } = await incus.instances.get(instance, { project });
  const place = { project: GOLDEN_PROJECT, name };
  const put = {
    description: '',
    profiles: [],
    devices: Object.fromEntries(
      Object.entries(live.expanded_devices).filter(([, { path }]) => path === '/'),
    ),
    config: { [OURS]: 'true', 'security.protection.delete': 'false' },
  };
  await makeCopy(incus, original, place, put);
  await dressCopy(incus, place, put, STAYS);
  {
    await using files = await incus.instances.files(name, place);
    await furnish(files);
    await scrub(files);
  }
  return incus.images.publish(name, { ...imageProperties(live.config), ...properties }, place);
}
