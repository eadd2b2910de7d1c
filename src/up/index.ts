export {
  type AdminStatus,
  adminStatus,
  hasAdmin,
  runInAdmin,
  switchAdminOff,
  switchAdminOn,
} from './admin.ts';
export {
  disableAdminService,
  enableAdminService,
  keepAdmin,
  planAdminService,
} from './admin-service.ts';
export {
  type Applied,
  type ApplyChoices,
  applyWorld,
  planWorld,
  touchesNoObject,
} from './apply-world.ts';
export { heldMachines } from './boot-hold.ts';
export type { OfferBoot } from './boot-offer.ts';
export { keepRules, renewBoot } from './boot-rules.ts';
export { disableBootWalls, enableBootWalls, planBootWalls } from './boot-walls.ts';
export { bringUp, type Timing, type UpReport } from './bring-up.ts';
export type { Closed } from './closed.ts';
export { laterCollisions } from './collisions.ts';
export {
  type Daemon,
  type DaemonChoice,
  type DaemonOptions,
  openDaemon,
  openIfRunning,
} from './daemon.ts';
export { DEMO_SANDBOX, deleteDemo, prepareDemo, runDemo } from './demo.ts';
export { examine } from './doctor/examine.ts';
export type { Finding } from './doctor/finding.ts';
export { explainPacket, loadedRuleFor, tracePacket } from './explain-packet.ts';
export { type FirewallReport, provisionPhase } from './firewall.ts';
export { type FlushChoices, type Flushed, flushWorld } from './flush.ts';
export { listGolden, pruneGolden } from './golden-cache.ts';
export type { GoldenReport } from './golden-run.ts';
export { hostOf } from './host-of.ts';
export { type ImportedText, importRunning } from './import.ts';
export { clientEnv, clientMissing, projectOfWords } from './incus-client.ts';
export { alone } from './lock.ts';
export { machineStatus } from './machine-status.ts';
export { tellVms } from './nesting.ts';
export { exampleNames, newProject } from './new-project.ts';
export { noSuchSandbox } from './no-such-sandbox.ts';
export { openSite, type Site } from './open-site.ts';
export { isDeployed, planDeployment, steerAsTold } from './plan-deployment.ts';
export { findProject, openProject, type Project, type ProjectChoice } from './project.ts';
export { endingOf, type Provisioning, provisionMachines } from './provision.ts';
export { rememberDaemon } from './remembered.ts';
export { type Removed, removeMachines } from './remove.ts';
export { type Restored, restoreMachines } from './restore.ts';
export { type RollbackChoices, type RollbackReport, rollBack } from './rollback.ts';
export type { Return } from './rollback-way.ts';
export { writeRules } from './rules-file.ts';
export { rulesOf } from './rules-of.ts';
export { type RulesChoice, type RulesSource, readRulesSource } from './rules-source.ts';
export { exportWished } from './shared-images.ts';
export { lookAtWalls, staleRules, type WallsSeen } from './stale-rules.ts';
export { type StillDeclared, stillDeclared } from './still-declared.ts';
export { type SyncOptions, type SyncReport, syncProject } from './sync-project.ts';
export { type Derivation, deriveMachine } from './templates/derive.ts';
export { createTemplate, type TemplateMade, updateTemplate } from './templates/make.ts';
export {
  publishTemplate,
  releaseTemplate,
  surveyTemplates,
  type TemplatePublished,
  type TemplateSurvey,
} from './templates/survey.ts';
export type { WalledBy } from './unwalled.ts';
export { loadRules, proveWalls, type WallStatus, wallStatus } from './walls.ts';
export { openWorld, type World } from './world.ts';
