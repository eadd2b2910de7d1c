export type * from './api/wire.ts';
export type { BackupStream, Exportable } from './backups.ts';
export { readAndWrite } from './change.ts';
export { couldBeRead } from './complete.ts';
export { connect, type Target } from './connect.ts';
export { IncusError, isKind, isNotFound } from './errors.ts';
export type { EventKind, StreamItem } from './events.ts';
export type { Upload } from './exchange.ts';
export type { ExecOptions, ExecResult } from './exec/run.ts';
export type { ConsoleOptions, ShellOptions, Terminal } from './exec/shell.ts';
export { written } from './exec/written.ts';
export type { FileOptions } from './files.ts';
export { type GuestIdentity, whoAmI } from './guest.ts';
export type { CopyOptions } from './image-copy.ts';
export type { ImportOptions } from './image-import.ts';
export type { Images } from './images.ts';
export { Incus } from './incus.ts';
export type { Instances, StateOptions } from './instances.ts';
export {
  hasHostInterface,
  type IncusErrorKind,
  lacksSnapshotVolume,
  misplacedDisk,
} from './kinds.ts';
export { locateSocket } from './locate.ts';
export { isInProjects, isInstancePath } from './operations.ts';
export type {
  CallOptions,
  ProjectOptions,
  ProjectWriteOptions,
  Read,
  WriteOptions,
} from './options.ts';
export type { StateAction } from './power.ts';
export type { ReadyOptions } from './ready.ts';
export { findImageServer, type ImageServer } from './remote/find.ts';
export type { RemoteEntry, Sftp } from './sftp/sftp.ts';
export type { RemoteChange, RemoteFacts } from './sftp/wire.ts';
export type { TransportOptions } from './transport.ts';
