import type {
  Note,
  Problem,
  StepDone,
  StepFailed,
  StepProgress,
  StepSkipped,
  StepStarted,
} from '../../base/messages/index.ts';
import type { Failure } from '../render/failure.ts';

/** What goes to standard error with `--json`, one object a line: progress, warnings, and how a command failed. */
export interface Told {
  readonly error: Failure;
  readonly problem: ToldProblem;
  readonly note: Note;
  readonly 'step.started': StepStarted;
  readonly 'step.progress': StepProgress;
  readonly 'step.done': StepDone;
  readonly 'step.failed': StepFailed;
  readonly 'step.skipped': StepSkipped;
}

/** Something wrong in the files of a project that does not stop the command. */
export interface ToldProblem extends Problem {
  readonly type: 'problem';
}
