import { jsonText, printable } from '../../../base/system/index.ts';
import { counted } from '../../../kit/render/words.ts';
import type { Result } from '../../../kit/results.ts';
import type { Session } from '../../../kit/session.ts';
import type { Place } from '../find.ts';
import type { RunOutcome } from '../run.ts';

/**
 * Shows each line with the name of its machine before it, in the colour of its trust level. Lines are made printable:
 * a machine cannot move the cursor to write into another's lines.
 */
export function prefixed(places: readonly Place[], session: Session) {
  const { paint, terminal, common } = session;
  const width = Math.max(0, ...places.map(({ machine }) => machine.length));
  return ({ machine, trust, domain }: Place, stream: 'stdout' | 'stderr', line: string): void => {
    const text = common.json
      ? jsonText({ type: 'output', domain, machine, stream, line } satisfies Result)
      : `${paint.trust(trust, `${machine.padEnd(width)} |`)} ${printable(line)}`;
    terminal[common.json ? 'stdout' : stream].write(`${text}\n`);
  };
}

/** A line for each machine in which something did not go well. */
export function failedRuns(
  outcomes: readonly RunOutcome[],
  { paint, t }: Pick<Session, 'paint' | 't'>,
): string[] {
  return outcomes
    .filter(({ code }) => code !== 0)
    .flatMap(({ place, code, message, remedy }) => {
      const why = message ? printable(t(message)) : t({ en: `status ${code}`, fr: `code ${code}` });
      return [
        `${paint.bad('✗')} ${place.machine}: ${why}`,
        ...(remedy ? [`  ${paint.accent('→')} ${printable(t(remedy))}`] : []),
      ];
    });
}

/** Where a command failed, and in how many machines it ran. */
export function renderRun(outcomes: readonly RunOutcome[], session: Session): string {
  const { paint, t } = session;
  const bad = outcomes.filter(({ code }) => code !== 0);
  const lines = failedRuns(outcomes, session);
  const count = t(
    counted(
      outcomes.length - bad.length,
      { en: `of ${outcomes.length} machines done`, fr: `machine sur ${outcomes.length} : terminé` },
      {
        en: `of ${outcomes.length} machines done`,
        fr: `machines sur ${outcomes.length} : terminé`,
      },
    ),
  );
  lines.push(`${bad.length > 0 ? paint.bad('✗') : paint.good('✓')} ${count}`);
  return lines.join('\n');
}
