import { asideName, ORIGIN, parseOrigin } from './aside-origin.ts';
import { ASIDE_PROJECT, MARK, MARK_PREFIX } from './marks.ts';
import { instanceId } from './resources/instance-spec.ts';
import { profileId } from './resources/profile.ts';
import { volumeId } from './resources/volume.ts';

type Config = Readonly<Record<string, string>>;

interface Marked {
  readonly project: string;
  readonly name: string;
  readonly config: Config;
}

/**
 * `incus copy` takes the marks of an original along. A copy is its maker's: without this, it would count as a machine
 * of this infrastructure that nothing declares, and be deleted as one. The marks of another are left out here, so
 * that no reader has to know. Objects of earlier versions do not say which they were written for: theirs are believed.
 */
export function ownInstance<T extends Marked>(live: T): T {
  return withOwnMarks(instanceId(live.project, live.name), live);
}

export function ownInstances<T extends Marked>(all: readonly T[]): T[] {
  return all.map(ownInstance);
}

/** The same for custom volumes, which `incus storage volume copy` copies. */
export function ownVolume<T extends Marked & { readonly pool: string }>(live: T): T {
  return withOwnMarks(volumeId(live.project, live.pool, live.name), live);
}

/** The same for profiles, which `incus profile copy` copies. */
export function ownProfile<T extends Marked>(live: T): T {
  return withOwnMarks(profileId(live.project, live.name), live);
}

function withOwnMarks<T extends Marked>(id: string, live: T): T {
  if (isWrittenFor(id, live)) return live;
  const config = Object.entries(live.config).filter(([key]) => !key.startsWith(MARK_PREFIX));
  return { ...live, config: Object.fromEntries(config) };
}

/** What lies in the trash, or is on its way, has another name: there the origin tells. */
function isWrittenFor(id: string, { project, name, config }: Marked): boolean {
  if (project === ASIDE_PROJECT || config[MARK.asideOf] !== undefined) {
    const origin = parseOrigin(config[ORIGIN]);
    return (
      origin !== undefined &&
      [origin.name, asideName(origin)].includes(name) &&
      [origin.project, ASIDE_PROJECT].includes(project)
    );
  }
  const made = config[MARK.id];
  return made === undefined || made === id;
}
