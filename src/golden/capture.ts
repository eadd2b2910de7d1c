import { type Incus, type Instance, readAndWrite } from '../incus/index.ts';
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
  const name = `copy-${recipe.slice(0, 16)}`;
  const place = { project: GOLDEN_PROJECT };
  const devices = Object.fromEntries(
    Object.entries(model.expanded_devices).filter(([, { path }]) => path === '/'),
  );
  const config = { [OURS]: 'true', 'security.protection.delete': 'false' };
  const source = { type: 'copy', source: instance, project };
  // What is not named comes along, and a card with the address of another is refused.
  const without = Object.fromEntries(
    Object.keys(model.devices).map((device) => [device, { type: 'none' }]),
  );
  await incus.instances.create(
    { name, type: 'container', source, profiles: [], config, devices: { ...without, ...devices } },
    place,
  );
  await bare(incus, name, config, devices);
  {
    await using files = await incus.instances.files(name, place);
    await scrub(files);
  }
  return incus.images.publish(
    name,
    {
      ...imageProperties(model),
      description: `${roles.join(', ')} on ${image} (anklume)`,
      [KEPT.recipe]: recipe,
      [KEPT.base]: model.config['volatile.base_image'] ?? '',
      [KEPT.project]: owner,
      [KEPT.image]: image,
      [KEPT.roles]: roles.join(','),
    },
    place,
  );
}

/** The daemon's own keys, what is said of the image, and how the owners of files are to be read. */
const STAYS = /^((volatile|image|security\.idmap)\.|security\.privileged$|raw\.idmap$)/;

/** A copy takes the keys and cards of its machine along, marks that say whose it is among them. */
async function bare(
  incus: Incus,
  name: string,
  config: Readonly<Record<string, string>>,
  devices: Instance['devices'],
): Promise<void> {
  const place = { project: GOLDEN_PROJECT };
  await readAndWrite(
    () => incus.instances.get(name, place),
    (live) => ({
      architecture: live.architecture,
      description: '',
      ephemeral: false,
      stateful: false,
      profiles: [],
      devices,
      config: {
        ...Object.fromEntries(Object.entries(live.config).filter(([key]) => STAYS.test(key))),
        ...config,
      },
    }),
    (put, etag) => incus.instances.update(name, put, { ...place, etag }),
  );
}

/** What its own image said of itself: among it, that the daemon writes the nesting context. */
function imageProperties({ config }: Instance): Record<string, string> {
  const prefix = 'image.';
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}
