import { printable } from '../../../base/system/index.ts';
import { seconds } from '../../../kit/progress/plain.ts';
import type { Voice } from '../../../kit/render/problems.ts';
import { renderReport } from '../../../kit/render/report.ts';
import type { Session } from '../../../kit/session.ts';
import { renderStatus } from '../../instances/render/machines.ts';
import { closedLines } from '../../network/render/closed.ts';
import { renderProof } from '../../network/render/proof.ts';
import { unwalledLines } from '../../network/render/unwalled.ts';
import type { UpReport } from '../bring-up.ts';
import { renderGolden, renderProvision } from './provision.ts';

const UNPROVED = {
  en: "The isolation rules were loaded and not verified: 'anklume prove'.",
  fr: "Les règles d'isolation ont été chargées, et non vérifiées : « anklume prove ».",
};

/** What `up` made and found: machines, matrix, what went wrong, how long each stage took. */
export function renderUp(report: UpReport, look: Voice & Pick<Session, 'width'>): string {
  const { t, paint } = look;
  const trust = new Map(report.machines.map((machine) => [machine.domain, machine.trust]));
  const parts = [renderStatus(report.machines, look)];
  if (report.proof) parts.push(renderProof(report.proof, (domain) => trust.get(domain), look));
  const late = report.late.map(
    ({ machine, reason }) =>
      `${paint.warn('!')} ${printable(machine)}${reason ? `: ${printable(t(reason))}` : ''}`,
  );
  const words = {
    sync: t({ en: 'sync', fr: 'synchronisation' }),
    apply: t({ en: 'apply', fr: 'mise en place' }),
    addresses: t({ en: 'addresses', fr: 'adresses' }),
    proof: t({ en: 'proof', fr: 'preuve' }),
    provision: t({ en: 'roles', fr: 'rôles' }),
  };
  const timing = (Object.keys(words) as (keyof typeof words)[])
    .filter((stage) => stage !== 'provision' || report.provision)
    .map((stage) => `${words[stage]} ${seconds(report.seconds[stage], t)}`)
    .join(', ');
  const golden = report.golden ? [renderGolden(report.golden, look)] : [];
  const provision = report.provision ? [renderProvision(report.provision, look)] : [];
  parts.push(
    [
      ...late,
      ...golden,
      ...provision,
      renderReport(report.apply, look, report.seconds.total),
      paint.dim(timing),
      ...closedLines(report.closed, look),
      ...unwalledLines(report.walledBy, look),
      ...(report.rules && !report.proof ? [paint.warn(t(UNPROVED))] : []),
    ].join('\n'),
  );
  return parts.join('\n\n');
}
