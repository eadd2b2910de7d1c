import { seconds } from '../../../kit/progress/plain.ts';
import { renderTable } from '../../../kit/render/table.ts';
import type { Session } from '../../../kit/session.ts';
import type { ScenarioResult } from '../roles/run-scenario.ts';

/** A row for each scenario, then why those that failed did. */
export function renderRoleTests(
  results: readonly ScenarioResult[],
  { t, paint, width }: Pick<Session, 't' | 'paint' | 'width'>,
): string {
  const head = [
    t({ en: 'Role', fr: 'Rôle' }),
    t({ en: 'Scenario', fr: 'Scénario' }),
    t({ en: 'Steps', fr: 'Étapes' }),
    t({ en: 'Time', fr: 'Durée' }),
  ];
  const rows = results.map(({ role, scenario, steps, ...result }) => [
    role,
    scenario,
    steps.map(({ step, ok }) => `${ok ? paint.good('✓') : paint.bad('✗')} ${step}`).join('  '),
    seconds(result.seconds, t),
  ]);
  const reasons = results.flatMap(({ role, scenario, steps, log }) =>
    steps
      .filter(({ ok }) => !ok)
      .map(
        ({ step, failure = '' }) =>
          `${paint.bad('✗')} ${role}/${scenario} ${step}: ${failure}\n  ${paint.accent('→')} ${log}`,
      ),
  );
  const failed = results.filter(({ ok }) => !ok).length;
  const total = t({
    en: `${results.length - failed} passed, ${failed} failed`,
    fr: `${results.length - failed} réussis, ${failed} échoués`,
  });
  return [renderTable(head, rows, width), ...reasons, total].join('\n');
}
