export { keepSandboxRules } from './closed-start.ts';
export { type InstallOptions, installRequirements } from './install.ts';
export { type Missing, missingRequirements } from './requirements.ts';
export type { Sandbox, SandboxStatus } from './sandbox.ts';
export { sandboxShell } from './shell.ts';
export { runningSandbox, type StartOptions, startSandbox } from './start.ts';
export { type Choices, checkStorage, type Storage } from './state.ts';
export { listSandboxes, sandboxOfSocket, statusOf } from './status.ts';
export { deleteSandbox, type StopOptions, stopSandbox } from './stop.ts';
