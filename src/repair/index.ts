export { clearLinks } from './interfaces.ts';
export type { InstanceRef, Repairs } from './ref.ts';
export { repaired } from './repaired.ts';
export { restoreSnapshot } from './restore.ts';
export { makeSnapshot, readyMachine, removeSnapshot } from './snapshots.ts';
export { restartMachine, startMachine } from './start.ts';
export { isUnfinished } from './unfinished.ts';
export { runsAsHostRoot } from './users.ts';
export { clearWithoutVolume, emptySnapshots, wholeSnapshots } from './without-volume.ts';
