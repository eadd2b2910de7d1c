import type { Incus, Snapshot } from '../../incus/index.ts';
import { isUnfinished, makeSnapshot, type Repairs, removeSnapshot } from '../../repair/index.ts';

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
  repairs: Repairs = {},
): Promise<Snapshot | undefined> {
  const all = await incus.snapshots.list(instance, { project });
  const whole = all.filter((one) => !isUnfinished(one));
  const found = whole.find(({ name }) => name === PRISTINE);
  const next = whole.find(({ name }) => name === NEXT);
  if (found || !next) return found;
  // The removal of the one before was cut off.
  await removeSnapshot(incus, { name: instance, project }, PRISTINE, repairs);
  await incus.snapshots.rename(instance, NEXT, PRISTINE, { project });
  return { ...next, name: PRISTINE };
}

/** Keeps the state of a template that is stopped, in place of the one before. Gives its version. */
export async function keepPristine(
  incus: Incus,
  place: Place,
  repairs: Repairs = {},
): Promise<string> {
  const { project, instance } = place;
  const ref = { name: instance, project };
  const before = await pristineOf(incus, place, repairs);
  if (!before) await makeSnapshot(incus, ref, PRISTINE, repairs);
  else {
    await removeSnapshot(incus, ref, NEXT, repairs);
    await makeSnapshot(incus, ref, NEXT, repairs);
    await removeSnapshot(incus, ref, PRISTINE, repairs);
    await incus.snapshots.rename(instance, NEXT, PRISTINE, { project });
  }
  return (await incus.snapshots.get(instance, PRISTINE, { project })).created_at;
}
