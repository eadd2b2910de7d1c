export { AnklumeError, type ErrorDetail, ExitCode } from './error.ts';
export { type Emit, type Event, silent, step } from './events.ts';
export { chooseLanguage } from './language.ts';
export { errorsOf, type Place, type Problem, type Severity, warningsOf } from './problem.ts';
export { type Language, say, type Text, verbatim } from './text.ts';
