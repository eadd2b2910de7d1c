export {
  type Applied,
  type ApplyChoices,
  applyWorld,
  planWorld,
  RULES_FILE,
} from './apply-world.ts';
export { type Daemon, type DaemonChoice, openDaemon } from './daemon.ts';
export { explainPacket } from './explain-packet.ts';
export { exampleNames, newProject } from './new-project.ts';
export { findProject, openProject, type Project, type ProjectChoice } from './project.ts';
export { type SyncOptions, type SyncReport, syncProject } from './sync-project.ts';
export { deployWalls, proveWalls, rulesOf, wallStatus } from './walls.ts';
export { openWorld, readWorld, staleness, type World } from './world.ts';
