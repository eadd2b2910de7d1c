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
export { checkName, stampOf } from './names.ts';
export type { SnapshotOutcome, SnapshotReport } from './outcome.ts';
export {
  isDeclared,
  type MachinePlace,
  needsAdminSocket,
  ownPlace,
  placesOf,
  WORDS,
} from './targets.ts';
