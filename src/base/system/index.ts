export { aptCandidate, aptInstall, aptUpdate } from './apt.ts';
export { aptProxy } from './apt-proxy.ts';
export { type AptMirrors, aptMirrors } from './apt-sources.ts';
export { runAttached } from './attached.ts';
export { loadBridgeFilter } from './bridge-filter.ts';
export { byTime } from './by-time.ts';
export { cloneRoot } from './clone.ts';
export { startDetached } from './detached.ts';
export {
  checkWritable,
  makeFolders,
  readIfExists,
  readWhole,
  removeInterrupted,
  type Staged,
  stageFile,
  writeAtomic,
} from './files.ts';
export { type FilterOptions, through } from './filter.ts';
export { firstFree } from './first-free.ts';
export { type Host, thisHost } from './host.ts';
export { type HostFacts, type OsRelease, readHostFacts } from './host-facts.ts';
export {
  type FileOwner,
  foreignFile,
  type HostFile,
  markedText,
  ownerOfText,
  readHostFile,
  runsSystemd,
  writeHostFile,
} from './host-files.ts';
export { type Ipv4Range, ipv4Number, ipv4Overlap, ipv4Range, ipv4Text, octetsOf } from './ipv4.ts';
export { isThere } from './is-there.ts';
export { kebab } from './kebab.ts';
export { acquireLock, type Lock, type LockHolder, type LockOptions } from './lock.ts';
export { cacheFolder, homeFolder, productRoot } from './paths.ts';
export { identify, isAlive, type ProcessIdentity } from './process.ts';
export { isProductionHost } from './production.ts';
export { findProgram } from './programs.ts';
export {
  ANY_STATUS,
  jsonText,
  printable,
  programFailed,
  type RunOptions,
  type RunResult,
  run,
} from './run.ts';
export { shownTime } from './shown-time.ts';
export { compareVersions, isSameLine, parseVersion, VERSION } from './version.ts';
