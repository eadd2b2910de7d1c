export { aroundOf, declaredBy } from './around.ts';
export { type BootMark, bootMark, forgetBootMark, writeBootMark } from './boot-mark.ts';
export { laterCollisions, refuseCollisions } from './collisions.ts';
export {
  type Daemon,
  type DaemonChoice,
  type DaemonOptions,
  openDaemon,
  openIfRunning,
} from './daemon.ts';
export { carryDataFolders, prepareDataFolders } from './data-folders.ts';
export { disposableNamed } from './disposable-named.ts';
export { bootHost, hostOf } from './host-of.ts';
export { clientEnv, clientMissing, projectOfWords } from './incus-client.ts';
export { alone, type Listening } from './lock.ts';
export { look, type Sight } from './look.ts';
export { machineStatus } from './machine-status.ts';
export { ownNesting, parentNesting } from './nesting.ts';
export { noSuchSandbox } from './no-such-sandbox.ts';
export { openSite, type Site } from './open-site.ts';
export { findProject, openProject, type Project, type ProjectChoice } from './project.ts';
export { rememberDaemon } from './remembered.ts';
export { rulesOf } from './rules-of.ts';
export { exportForNesting, exportWished, imageOptions, prepareFolder } from './shared-images.ts';
export { automaticName, checkName, isAutomatic, isReserved, stampOf } from './snapshot-names.ts';
export { readSubIds } from './sub-ids.ts';
export {
  isDeclared,
  type MachinePlace,
  needsAdminSocket,
  ownPlace,
  placesOf,
  WORDS,
} from './targets.ts';
export { tellVms } from './tell-vms.ts';
export { fewOf, openDeclared, openWorld, readWorld, type World } from './world.ts';
