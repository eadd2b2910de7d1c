import type { Incus, Snapshot } from '../incus/index.ts';

/** The snapshot of a template that machines are derived from. */
export const PRISTINE = 'pristine';

/** The next one, while the one before is still there. It is whole when it stands alone. */
const NEXT = 'pristine-next';

/** A template on the daemon. */
export interface Place {
  readonly project: string;
  readonly instance: string;
}

/**
 * The state that machines are derived from; undefined where none was kept. A change of it that was cut short is brought
 * to its end first. Its time of creation is its version.
 */
export async function pristineOf(
  incus: Incus,
  { project, instance }: Place,
): Promise<Snapshot | undefined> {
  const all = await incus.snapshots.list(instance, { project });
  const found = all.find(({ name }) => name === PRISTINE);
  const next = all.find(({ name }) => name === NEXT);
  if (found || !next) return found;
  await incus.snapshots.rename(instance, NEXT, PRISTINE, { project });
  return { ...next, name: PRISTINE };
}

/** Keeps the state of a template that is stopped, in place of the one before. Gives its version. */
export async function keepPristine(incus: Incus, place: Place): Promise<string> {
  const { project, instance } = place;
  const lasting = { project, stays: true };
  const before = await pristineOf(incus, place);
  if (!before) await incus.snapshots.create(instance, PRISTINE, lasting);
  else {
    await incus.snapshots.delete(instance, NEXT, { project });
    await incus.snapshots.create(instance, NEXT, lasting);
    await incus.snapshots.delete(instance, PRISTINE, { project });
    await incus.snapshots.rename(instance, NEXT, PRISTINE, { project });
  }
  return (await incus.snapshots.get(instance, PRISTINE, { project })).created_at;
}
