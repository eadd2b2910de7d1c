import { printable } from '../../../base/system/index.ts';
import { seconds } from '../../../kit/progress/plain.ts';
import { renderTable } from '../../../kit/render/table.ts';
import type { Session } from '../../../kit/session.ts';
import type { ScenarioText } from '../catalogue.ts';
import type { Report, ScenarioRun } from '../report.ts';

type Look = Pick<Session, 't' | 'paint' | 'width'>;

/** Lines of a command's output that are shown of a failure; the report has all of it. */
const LAST_LINES = 8;

/** What failed and how, then the sums and where the report is. */
export function renderScenarioRun(report: Report, path: string, look: Look): string {
  const { t, paint } = look;
  const { passed, failed, scenarios } = report;
  const failures = scenarios
    .filter(({ status }) => status !== 'passed')
    .map((scenario) => renderFailure(scenario, look));
  const sums = t({
    en: `${passed} passed, ${failed} failed`,
    fr: `${passed} réussis, ${failed} échoués`,
  });
  const where = t({ en: `Report: ${path}`, fr: `Rapport : ${path}` });
  return [...failures, `${sums} ${paint.dim(seconds(report.seconds, t))}`, where].join('\n');
}

function renderFailure({ file, line, scenario, steps }: ScenarioRun, { paint }: Look): string {
  const step = steps.find(({ status }) => status !== 'passed');
  const last = step?.commands.at(-1) ?? steps.flatMap(({ commands }) => commands).at(-1);
  const output = last ? `${last.stdout}\n${last.stderr}`.trim().split('\n') : [];
  const lines = [
    `${paint.bad('✗')} ${file}:${line}  ${scenario}`,
    `  ${step?.keyword} ${step?.text}`,
    ...(step?.error ?? '').split('\n').slice(0, LAST_LINES),
    ...(last ? [`  $ ${last.command}  (${last.exitCode ?? 'time limit'})`] : []),
    ...output.slice(-LAST_LINES).map((one) => `  | ${one}`),
  ];
  return lines.map(printable).join('\n').concat('\n');
}

/** A row for each scenario, and the steps that nobody has written. */
export function renderScenarioList(scenarios: readonly ScenarioText[], look: Look): string {
  const { t, paint, width } = look;
  const head = [
    t({ en: 'Kind', fr: 'Genre' }),
    t({ en: 'Name', fr: 'Nom' }),
    t({ en: 'Scenario', fr: 'Scénario' }),
  ];
  const rows = scenarios.map(({ category, name, scenario }) => [
    category,
    printable(name),
    printable(scenario),
  ]);
  const count = t({
    en: `${scenarios.length} scenarios`,
    fr: `${scenarios.length} scénarios`,
  });
  const missing = scenarios.flatMap(({ file, line, undefinedSteps }) =>
    undefinedSteps.map((step) => {
      const words = printable(step);
      return `${paint.bad('✗')} ${file}:${line}: ${t({ en: `no step is defined for: ${words}`, fr: `aucune étape n'est définie pour : ${words}` })}`;
    }),
  );
  return [renderTable(head, rows, width), ...missing, count].join('\n');
}
