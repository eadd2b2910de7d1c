export { type Deployment, deployRules, removeRules } from './deploy.ts';
export { type Decision, explain, type Packet } from './explain.ts';
export {
  allowedFlows,
  type Flow,
  type FlowModel,
  type Protocol,
  type Reason,
  type Subject,
} from './flows.ts';
export { type NftObject, readRules } from './listing.ts';
export type { Outside, ProbeMachine } from './probes.ts';
export type { Measured, Mismatch, Proof, ProofCell, Untested } from './proof.ts';
export { type ProveOptions, prove } from './prove.ts';
export type { Ruleset } from './rules.ts';
export { renderRuleset } from './ruleset.ts';
export { type NetworkStatus, networkStatus } from './status.ts';
export { type InstanceLister, type ProbeTargets, probeTargets } from './targets.ts';
