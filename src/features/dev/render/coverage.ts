import { printable } from '../../../base/system/index.ts';
import { renderTable } from '../../../kit/render/table.ts';
import type { Session } from '../../../kit/session.ts';
import type { Coverage } from '../matrix/coverage.ts';

/** A row for each capability, what nothing shows yet, and the sums. */
export function renderCoverage(
  coverage: Coverage,
  { t, paint, width }: Pick<Session, 't' | 'paint' | 'width'>,
): string {
  const head = [
    '',
    t({ en: 'Capability', fr: 'Capacité' }),
    t({ en: 'Cells', fr: 'Cases' }),
    t({ en: 'Covered', fr: 'Couvertes' }),
    '%',
  ];
  const rows = coverage.capabilities.map(({ code, name, cells, covered, percent }) => [
    code,
    printable(name),
    String(cells),
    String(covered),
    String(percent),
  ]);
  const missing = coverage.capabilities.flatMap((one) =>
    one.missing.map(({ id, situation }) => `${paint.warn('-')} ${id}  ${printable(situation)}`),
  );
  const faults = coverage.faults.map((fault) => `${paint.bad('✗')} ${printable(fault)}`);
  const { percent, covered, cells, tests, scenarios } = coverage;
  const sums = t({
    en: `${percent} % covered: ${covered} of ${cells} cells, by ${tests} tests and ${scenarios} scenarios`,
    fr: `${percent} % couverts : ${covered} cases sur ${cells}, par ${tests} tests et ${scenarios} scénarios`,
  });
  return [renderTable(head, rows, width), ...missing, ...faults, sums].join('\n');
}
