export { foreignOn, foreignOnAny } from './foreign/on-host.ts';
export { batchesOf } from './load/batches.ts';
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
} from './load/boot.ts';
export { type BootFile, type BootRules, bootFiles } from './load/boot-files.ts';
export { type BootParts, bootText, otherBridgesIn, ownersIn } from './load/boot-text.ts';
export { type ClosedWorld, closedWorld, type Declared } from './load/closed.ts';
export type { DropCounter } from './load/counters.ts';
export { decidingRule, type LoadedRule } from './load/deciding-rule.ts';
export { areLoaded, type Deployment, deployRules, removeRules } from './load/deploy.ts';
export {
  deploySafely,
  type PlannedRules,
  planRules,
  type SafeDeployment,
  type SafetyOptions,
} from './load/deploy-safely.ts';
export {
  confirmPending,
  restorePending,
  WATCHING,
  waitUntilSettled,
  watchOver,
} from './load/guard.ts';
export {
  type Collision,
  collisions,
  type HostNetwork,
  hostNetworksIn,
  listHostLinks,
  overlaps,
  readHostNetworks,
} from './load/host-networks.ts';
export { keptText } from './load/kept-text.ts';
export { checkInKernel } from './load/kernel-check.ts';
export { type NftObject, readRules } from './load/listing.ts';
export { type Pending, readPending } from './load/pending.ts';
export type { DiffBlock, DiffLine } from './load/rules-diff.ts';
export {
  type ClosedThing,
  isWalled,
  type NetworkStatus,
  networkStatus,
  thingsOf,
} from './load/status.ts';
export { loadedTables } from './load/table-text.ts';
export { ownerChain, ownerChainIn, ownerName } from './load/tables.ts';
export type { TraceStep } from './load/trace.ts';
export { sendTraced, type Trace } from './load/traced-probe.ts';
export {
  type CheckedRules,
  checkUntrustedRules,
  LONGEST_RULES,
} from './load/untrusted-rules.ts';
export { evaluate, type KernelPacket } from './model/evaluate.ts';
export type { Decision, Packet } from './model/explain.ts';
export {
  allowedFlows,
  type Flow,
  type FlowModel,
  type Protocol,
  type Reason,
  type Subject,
} from './model/flows.ts';
export {
  type LoadedTable,
  type LoadedTables,
  readInfrastructures,
} from './model/infrastructures.ts';
export { type Listed, type MarkedWorld, markedWorld } from './model/marked.ts';
export type { Forgery } from './proof/forgery.ts';
export type { Guest } from './proof/guest.ts';
export type { GuestExec } from './proof/guests.ts';
export type { Outside, ProbeMachine } from './proof/probes.ts';
export type {
  Deviation,
  ForgeryCell,
  Measured,
  Mismatch,
  Proof,
  ProofAbout,
  ProofCell,
  Untested,
} from './proof/proof.ts';
export { renderProofHtml } from './proof/proof-html.ts';
export type { ProofScope } from './proof/proof-scope.ts';
export { type ProveOptions, prove } from './proof/prove.ts';
export { type DaemonView, examineReality } from './proof/reality/examine.ts';
export type { FindingCode, Findings, ProofFinding } from './proof/reality/finding.ts';
export { type InstanceLister, type ProbeTargets, probeTargets } from './proof/targets.ts';
export {
  type Around,
  type Arranged,
  arrange,
  arrangeRules,
  closedText,
  closeUnknown,
  knownTo,
} from './rules/arrange.ts';
export { wholeGuard } from './rules/boot-guard.ts';
export { CODES, type RuleCode } from './rules/codes.ts';
export { decide } from './rules/decide.ts';
export { type Firewall, type FirewallPort, firewallOf, legPins } from './rules/firewall.ts';
export { errorChains, senderSets } from './rules/icmp-errors.ts';
export { policyChains, policyErrors, serviceSets } from './rules/policy-chains.ts';
export { accepted, dropped } from './rules/rule-parts.ts';
export type { Chain, Match, NamedSet, Rule, Ruleset } from './rules/rules.ts';
export { renderRuleset, tableText } from './rules/ruleset.ts';
