export {
  type Around,
  type Arranged,
  arrange,
  arrangeRules,
  closedText,
  closeUnknown,
  knownTo,
} from './arrange.ts';
export { wholeGuard } from './boot-guard.ts';
export { type ClosedWorld, closedWorld, type Declared } from './closed.ts';
export { areLoaded, type Deployment, deployRules, removeRules } from './deploy.ts';
export { batchesOf } from './deployment/batches.ts';
export {
  type BootState,
  bootState,
  disableBoot,
  enableBoot,
  isBootGuarded,
  planBoot,
  readBootRoutes,
  readBootRules,
  refreshBoot,
} from './deployment/boot.ts';
export { type BootFile, type BootRules, bootFiles } from './deployment/boot-files.ts';
export { type BootParts, bootText, otherBridgesIn, ownersIn } from './deployment/boot-text.ts';
export type { DropCounter } from './deployment/counters.ts';
export { decidingRule, type LoadedRule } from './deployment/deciding-rule.ts';
export {
  deploySafely,
  type PlannedRules,
  planRules,
  type SafeDeployment,
  type SafetyOptions,
} from './deployment/deploy-safely.ts';
export {
  confirmPending,
  restorePending,
  WATCHING,
  waitUntilSettled,
  watchOver,
} from './deployment/guard.ts';
export {
  type Collision,
  collisions,
  type HostNetwork,
  overlaps,
  readHostNetworks,
} from './deployment/host-networks.ts';
export { keptText } from './deployment/kept-text.ts';
export { checkInKernel } from './deployment/kernel-check.ts';
export { type Pending, readPending } from './deployment/pending.ts';
export type { DiffBlock, DiffLine } from './deployment/rules-diff.ts';
export { loadedTables } from './deployment/table-text.ts';
export type { TraceStep } from './deployment/trace.ts';
export { sendTraced, type Trace } from './deployment/traced-probe.ts';
export {
  type CheckedRules,
  checkUntrustedRules,
  LONGEST_RULES,
} from './deployment/untrusted-rules.ts';
export { evaluate, type KernelPacket } from './evaluate.ts';
export { type Decision, explain, type Packet } from './explain.ts';
export { type Firewall, type FirewallPort, firewallOf, legPins } from './firewall.ts';
export {
  allowedFlows,
  type Flow,
  type FlowModel,
  type Protocol,
  type Reason,
  type Subject,
} from './flows.ts';
export { foreignOn, foreignOnAny } from './foreign/on-host.ts';
export type { Forgery } from './forgery.ts';
export type { Guest, GuestExec } from './guests.ts';
export { errorChains, senderSets } from './icmp-errors.ts';
export { type LoadedTable, type LoadedTables, readInfrastructures } from './infrastructures.ts';
export { type NftObject, readRules } from './listing.ts';
export { type Listed, type MarkedWorld, markedWorld } from './marked.ts';
export { policyChains, policyErrors, serviceSets } from './policy-chains.ts';
export type { Outside, ProbeMachine } from './probes.ts';
export type {
  Deviation,
  ForgeryCell,
  Measured,
  Mismatch,
  Proof,
  ProofAbout,
  ProofCell,
  Untested,
} from './proof.ts';
export { renderProofHtml } from './proof-html.ts';
export type { ProofScope } from './proof-scope.ts';
export { type ProveOptions, prove } from './prove.ts';
export { type DaemonView, examineReality } from './reality/examine.ts';
export type { FindingCode, Findings, ProofFinding } from './reality/finding.ts';
export type { Chain, Match, NamedSet, Rule, Ruleset } from './rules.ts';
export { renderRuleset, tableText } from './ruleset.ts';
export {
  type ClosedThing,
  isWalled,
  type NetworkStatus,
  networkStatus,
  thingsOf,
} from './status.ts';
export { ownerChain, ownerChainIn, ownerName } from './tables.ts';
export { type InstanceLister, type ProbeTargets, probeTargets } from './targets.ts';
