export { AnklumeError, type ErrorDetail, ExitCode } from './error.ts';
export {
  type Emit,
  type Event,
  type Note,
  type StepDone,
  type StepFailed,
  type StepProgress,
  type StepSkipped,
  type StepStarted,
  silent,
  step,
} from './events.ts';
export { chooseLanguage } from './language.ts';
export { errorsOf, type Place, type Problem, type Severity, warningsOf } from './problem.ts';
export { type Language, say, type Text, verbatim } from './text.ts';
