export {
  type Catch,
  createSnapshots,
  deleteSnapshots,
  type Meant,
  type RestorePlace,
  restoreSnapshots,
} from './act.ts';
export type { Choice } from './decide.ts';
export { type ListedSnapshot, listSnapshots } from './list.ts';
export type { SnapshotOutcome, SnapshotReport } from './outcome.ts';
