export { nicTwins } from './addressing.ts';
export { type ApplyOptions, applyDesired, planFor, refuseIncomplete } from './apply.ts';
export { asideName, ORIGIN, type Origin, parseOrigin, STAMP } from './aside-origin.ts';
export { type BridgeFault, bridgeFaults } from './bridges/faults.ts';
export { readBridges } from './bridges/view.ts';
export type { BridgeFaultCode } from './bridges/words.ts';
export { computePlan, type PlanOptions, restingAmong } from './compute-plan.ts';
export { type ExecuteOptions, executePlan } from './execute.ts';
export { computeFlush } from './flush.ts';
export { holding, isHeld } from './held-at-boot.ts';
export type { IdRange } from './idmap/ranges.ts';
export { separateIdmaps } from './idmap/separate.ts';
export { containersThatFit, subIdsOf } from './idmap/sub-ids.ts';
export { plainDefaults } from './machine-defaults.ts';
export { ASIDE_PROJECT, declaredKeys, isDisposable, isLocked, MARK } from './marks.ts';
export { observe, observeDetails } from './observe.ts';
export type { Observed } from './observed.ts';
export { ownInstance, ownInstances, ownVolume } from './own-marks.ts';
export type { Discard, Make } from './perform/context.ts';
export { renameMachine } from './perform/rename.ts';
export type {
  Action,
  ApplyReport,
  Change,
  Orphan,
  Outcome,
  Plan,
  PlanEntry,
  PlanNote,
  ResourceKind,
  Wanted,
} from './plan.ts';
export {
  type Awaited,
  awaitedOf,
  type Readiness,
  type ReadinessOptions,
  waitForAddresses,
} from './readiness.ts';
export { realityOf } from './reality/notes.ts';
export { computeRemoval, type Removal } from './removal.ts';
export type { Removable } from './removal-targets.ts';
export {
  afterRenames,
  type Rename,
  renameNotes,
  renamesBack,
  renamesOf,
} from './renames.ts';
export { reachOf } from './resources/dnsmasq.ts';
export { instanceId } from './resources/instance-spec.ts';
export { networkSpec } from './resources/network.ts';
export { choosePool } from './resources/pool.ts';
export { scopeOf } from './selection.ts';
export { specsOf } from './specs.ts';
export { type MachineStatus, statusOf } from './status.ts';
