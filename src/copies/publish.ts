import type { Incus, Sftp } from '../incus/index.ts';
import { dressCopy, imageProperties, makeCopy, type Original } from './copy.ts';
import { GOLDEN_PROJECT, OURS } from './project.ts';
import { scrub } from './scrub.ts';

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
