import { byTime } from '../../base/system/index.ts';
import type { Snapshot } from '../../incus/index.ts';

/** The order in which the snapshots of a machine are told, and in which one is the newest. */
export const oldestFirst = byTime<Pick<Snapshot, 'created_at' | 'name'>>(
  ({ created_at }) => created_at,
  ({ name }) => name,
);
