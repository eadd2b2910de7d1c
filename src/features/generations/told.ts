import type { Incus } from '../../incus/index.ts';
import type { Aside } from './aside.ts';
import { asideNow } from './cleaning.ts';
import type { GenerationRecord } from './record.ts';
import { dueAt } from './retention.ts';
import type { History } from './store.ts';

/** Something that lies in the trash. Plain JSON. */
export interface Trashed {
  readonly kind: 'instance' | 'volume';
  /** As it was called before. */
  readonly name: string;
  readonly project: string;
  /** When it goes for good, ISO 8601: with the first change after it. */
  readonly until: string;
}

/** A generation with what it put into the trash and is still there. */
export type ToldGeneration = GenerationRecord & { readonly trash: readonly Trashed[] };

/** The history as people ask about it; what lies in the trash is looked at, not remembered. */
export async function tellHistory(
  incus: Incus,
  projectName: string,
  history: History,
  trashSeconds: number | undefined,
): Promise<ToldGeneration[]> {
  const [records, aside] = await Promise.all([history.list(), asideNow(incus, projectName)]);
  return records.map((record) => ({
    ...record,
    trash: aside
      .filter(({ origin }) => origin.stamp === record.stamp)
      .map((one) => trashed(one, trashSeconds)),
  }));
}

/** All that lies in the trash of an infrastructure at the moment. */
export async function trashNow(
  incus: Incus,
  projectName: string,
  trashSeconds?: number,
): Promise<Trashed[]> {
  const aside = await asideNow(incus, projectName);
  return aside.map((one) => trashed(one, trashSeconds));
}

function trashed(
  { kind, origin: { name, project, stamp } }: Aside,
  trashSeconds?: number,
): Trashed {
  return { kind, name, project, until: dueAt(stamp, trashSeconds) ?? '' };
}
