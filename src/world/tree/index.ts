export { playbookProblems } from './another-project.ts';
export { fitsBridge } from './card-fits.ts';
export type * from './desired.ts';
export { type EarlierTree, isTreePath, type KeptFile, planEarlier } from './earlier.ts';
export { type FileOnDisk, lookAt } from './file-access.ts';
export {
  type ForeignLink,
  type ForeignNic,
  foreignLinks,
  foreignNics,
  type NicHolder,
  type NicNetwork,
} from './foreign-nics.ts';
export type { TreeFile } from './layout.ts';
export { isLocked, MARK, MARK_PREFIX } from './mark.ts';
export { DISPOSABLE_PORT, networkCard } from './network-card.ts';
export { type CleanReport, cleanOrphans, type KeepReason, type OrphanFile } from './orphans.ts';
export { type ReadTree, readTree } from './read.ts';
export { renderTree } from './render.ts';
export { ALL, findMachine, type Selected, selectMachines } from './selection.ts';
export { findStaleness, type Staleness } from './stale.ts';
export { planSync, type SyncPlan, writeSync } from './sync.ts';
export { versionIn, versionProblem } from './version.ts';
export { yamlText } from './yaml-text.ts';
