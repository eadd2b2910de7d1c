import type { Problem } from '../base/messages/index.ts';
import { jsonText, printable } from '../base/system/index.ts';
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
  tellStale(session, { world, stale });
}

/** That infra.yml went on without the tree, or names domains no more that are still there. */
export function tellStale(
  session: Pick<Session, 'emit'>,
  { world, stale }: { readonly world: Site['world']; readonly stale?: Site['stale'] | undefined },
): void {
  if (stale) session.emit({ type: 'note', level: 'warning', code: 'tree-stale', text: stale });
  const left = world.desired.domains.flatMap(({ name, undeclared }) => (undeclared ? [name] : []));
  if (left.length === 0) return;
  const names = printable(left.join(', '));
  session.emit({
    type: 'note',
    level: 'warning',
    code: 'domain-undeclared',
    text: {
      en: `No longer in infra.yml, and still in the tree: ${names}. What exists there stays, nothing new is made.`,
      fr: `Absent d'infra.yml, et encore dans l'arborescence : ${names}. Ce qui existe est conservé, rien de nouveau n'est créé.`,
    },
    remedy: {
      en: "'anklume up --prune' removes it after a question, but for what is protected; for that, 'anklume instance delete MACHINE --force', then 'anklume sync --delete-orphans'.",
      fr: '« anklume up --prune » le supprime après une question, sauf ce qui est protégé ; pour cela, « anklume instance delete MACHINE --force », puis « anklume sync --delete-orphans ».',
    },
  });
}
