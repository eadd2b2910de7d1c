export type { Created, CreateOptions } from './create.ts';
export type { Backup } from './folders.ts';
export type { Manifest } from './manifest.ts';
export type { Protection } from './protection.ts';
export { recoverIfLeft } from './recover.ts';
export type { Restored } from './restore.ts';
export type { Verdict } from './verify.ts';
