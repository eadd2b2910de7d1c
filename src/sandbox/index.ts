export type { Sandbox, SandboxStatus } from './sandbox.ts';
export { type StartOptions, startSandbox } from './start.ts';
export { deleteSandbox, type StopOptions, stopSandbox } from './stop.ts';
