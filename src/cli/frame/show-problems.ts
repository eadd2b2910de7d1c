import type { Problem } from '../../messages/index.ts';
import type { Session } from './session.ts';

/** Warnings beside a result: on stderr, for people; with `--json` they are part of the result. */
export async function showProblems(session: Session, problems: readonly Problem[]): Promise<void> {
  const { quiet, json } = session.common;
  if (problems.length === 0 || quiet || json) return;
  const { renderProblems } = await import('../render/problems.ts');
  session.settle();
  session.terminal.stderr.write(`${renderProblems(problems, session)}\n\n`);
}
