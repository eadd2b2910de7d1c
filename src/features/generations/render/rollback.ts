import type { Session } from '../../../kit/session.ts';
import { unwalledLines } from '../../network/render/unwalled.ts';
import type { RollbackReport } from '../rollback.ts';
import { renderReturn, renderRollback } from './generations.ts';

/** What a rollback did, or with `dryRun` would do. */
export function renderRollbackOrReturn(
  report: RollbackReport,
  dryRun: boolean,
  session: Session,
): string {
  if (dryRun) return renderReturn(report, session);
  return [renderRollback(report, session), ...unwalledLines(report.walledBy, session)].join('\n');
}
