export type { MachineFacts } from './facts.ts';
export type { Place } from './find.ts';
export type { LogSource } from './logs.ts';
export type { PowerAction, PowerOutcome } from './power.ts';
export { LOGIN_SHELL, type Ran, type RunOutcome, runIn, runInTerminal } from './run.ts';
export type { Usage } from './usage.ts';
export { bunched, type WorldEvent, worldEvent } from './watch.ts';
