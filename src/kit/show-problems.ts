import type { Problem } from '../base/messages/index.ts';
import { jsonText } from '../base/system/index.ts';
import type { Site } from '../site/index.ts';
import type { ToldProblem } from './progress/told.ts';
import type { Session } from './session.ts';

/** Warnings beside a result, on stderr: for people, or with `--json` one object a line like all events. */
export async function showProblems(session: Session, problems: readonly Problem[]): Promise<void> {
  if (problems.length === 0) return;
  if (session.common.json) {
    for (const problem of problems)
      session.terminal.stderr.write(
        `${jsonText({ type: 'problem', ...problem } satisfies ToldProblem)}\n`,
      );
    return;
  }
  const { fitted } = await import('./render/fitted.ts');
  const { renderProblems } = await import('./render/problems.ts');
  session.settle();
  const { stderr } = session.terminal;
  stderr.write(`${fitted(renderProblems(problems, session), stderr.columns)}\n\n`);
}

/** What is to be said of a tree that was just read: its warnings, and that infra.yml went on without it. */
export async function showWorld(
  session: Session,
  { world, stale }: Pick<Site, 'world' | 'stale'>,
): Promise<void> {
  await showProblems(session, world.warnings);
  if (stale) session.emit({ type: 'note', level: 'warning', code: 'tree-stale', text: stale });
}
