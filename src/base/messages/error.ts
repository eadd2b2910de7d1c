import type { Problem } from './problem.ts';
import type { Text } from './text.ts';

/** Exit statuses of the command line; docs/cli.md lists them for people. */
export const ExitCode = {
  done: 0,
  failed: 1,
  usage: 2,
  differences: 3,
  environment: 4,
  interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export interface ErrorDetail {
  /** Stable and kebab-case, for scripts and tests. */
  readonly code: string;
  readonly message: Text;
  /** What the reader can do about it. */
  readonly remedy?: Text;
  readonly exit?: ExitCode;
  readonly problems?: readonly Problem[];
  readonly cause?: unknown;
}

/** Everything that goes wrong for a reason we can explain. Anything else that is thrown is our bug. */
export class AnklumeError extends Error {
  readonly code: string;
  readonly text: Text;
  readonly remedy?: Text;
  readonly exit: ExitCode;
  readonly problems: readonly Problem[];

  constructor(detail: ErrorDetail) {
    super(detail.message.en, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'AnklumeError';
    this.code = detail.code;
    this.text = detail.message;
    if (detail.remedy) this.remedy = detail.remedy;
    this.exit = detail.exit ?? ExitCode.failed;
    this.problems = detail.problems ?? [];
  }
}
