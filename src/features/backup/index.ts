export { copyMachine } from './copy.ts';
export { type Created, type CreateOptions, createBackup } from './create.ts';
export { type Backup, backupsFolder, listBackups } from './folders.ts';
export type { Manifest } from './manifest.ts';
export { type Protection, recipientKey, UNPROTECTED } from './protection.ts';
export { recoverIfLeft } from './recover.ts';
export { type Restored, restoreBackup, restoreFiles } from './restore.ts';
export { outdated, parseKeep, removeBackup } from './retention.ts';
export { type Verdict, verifyBackup } from './verify.ts';
