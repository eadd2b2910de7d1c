export { type MachineFacts, readMachine } from './facts.ts';
export { type Place, placeOf, placesOf } from './find.ts';
export { type LogSource, showLogs } from './logs.ts';
export {
  carryOutPower,
  type PowerAction,
  type PowerOutcome,
  powerPlan,
} from './power.ts';
export { LOGIN_SHELL, type Ran, type RunOutcome, runIn, runInAll, runInTerminal } from './run.ts';
export { takeSample, type Usage, usageBetween } from './usage.ts';
export { bunched, type WorldEvent, worldEvent } from './watch.ts';
