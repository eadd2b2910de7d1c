import type { Incus } from '../../incus/index.ts';
import { type Created, type CreateOptions, createBackup } from './create.ts';
import { listBackups } from './folders.ts';
import { outdated, removeBackup } from './retention.ts';

/** A new backup, and the older ones that went for it. Plain JSON. */
export interface BackedUp extends Created {
  /** Their folders. */
  readonly removed: readonly string[];
}

/** Makes a backup; with `keep`, older ones of the same scope go afterwards. */
export async function backUp(
  incus: Incus,
  options: CreateOptions,
  keep: number | undefined,
): Promise<BackedUp> {
  const created = await createBackup(incus, options);
  const all = keep === undefined ? [] : await listBackups(options.to);
  const old = keep === undefined ? [] : outdated(all, created.manifest, keep);
  for (const one of old) await removeBackup(one);
  return { ...created, removed: old.map(({ folder }) => folder) };
}
