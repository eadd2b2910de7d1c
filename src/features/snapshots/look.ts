import { MARK, ownInstance } from '../../engine/index.ts';
import type { CallOptions } from '../../incus/index.ts';
import { couldBeRead, type Incus, type InstanceFull, isNotFound } from '../../incus/index.ts';
import type { MachinePlace } from '../../site/index.ts';

/** A machine as it was found; without `live` it does not exist, or the daemon cannot look at it. */
export interface Seen extends MachinePlace {
  readonly live?: InstanceFull;
  /** Names of its snapshots that hold nothing: records without a volume. */
  readonly empty?: ReadonlySet<string>;
}

/** One call for one machine, one for the machines of a domain, one for all of them. */
export async function look(
  incus: Incus,
  places: readonly MachinePlace[],
  options: CallOptions = {},
): Promise<Seen[]> {
  const found = await read(incus, places, options);
  const byPlace = new Map(found.map((one) => [`${one.project}/${one.name}`, one]));
  return places.map((place) => {
    const live = byPlace.get(`${place.project}/${place.instance}`);
    return { ...place, ...(live && couldBeRead(live) && { live: ownInstance(live) }) };
  });
}

async function read(
  incus: Incus,
  places: readonly MachinePlace[],
  options: CallOptions,
): Promise<InstanceFull[]> {
  const [first] = places;
  if (!first) return [];
  const { project } = first;
  if (places.some((place) => place.project !== project)) return incus.instances.listFull(options);
  if (places.length > 1) return incus.instances.listFull({ ...options, project });
  try {
    return [await incus.instances.getFull(first.instance, { ...options, project })];
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

/** Whether a machine is this infrastructure's; without a name any machine is good. */
export function isOurs({ live }: Seen, projectName: string | undefined): boolean {
  return projectName === undefined || live?.config[MARK.project] === projectName;
}
