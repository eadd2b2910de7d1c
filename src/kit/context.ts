import type { CommandContext, StricliProcess } from '@stricli/core';
import type { Ending, Session } from './session.ts';

/** What the parser hands to a command: a way to run with a session, and to tell how it ended. */
export interface CliContext extends CommandContext {
  readonly process: StricliProcess;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** On the tab key: the words before the cursor. */
  readonly typed?: readonly string[];
  /** Makes the session from the shared flags, runs the work, explains what goes wrong. */
  carryOut(
    flags: Readonly<Record<string, unknown>>,
    work: (session: Session) => Promise<Ending> | Ending,
  ): Promise<void>;
}
