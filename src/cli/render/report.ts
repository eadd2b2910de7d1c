import type { ApplyReport } from '../../engine/index.ts';
import { printable } from '../../system/index.ts';
import { seconds } from '../progress/plain.ts';
import type { Voice } from './problems.ts';
import { counted } from './words.ts';

/** What apply did: failures and skipped work with their reasons, then one line of counts. */
export function renderReport(report: ApplyReport, voice: Voice, took: number): string {
  const { paint, t } = voice;
  const lines = report.outcomes
    .filter((outcome) => outcome.result !== 'done')
    .flatMap((outcome) => {
      const mark = outcome.result === 'failed' ? paint.bad('✗') : paint.warn('-');
      const why = outcome.message ? `: ${printable(t(outcome.message))}` : '';
      const line = `${mark} ${printable(outcome.id)}${why}`;
      return outcome.remedy
        ? [line, `  ${paint.accent('→')} ${printable(t(outcome.remedy))}`]
        : [line];
    });
  const failed = t(
    counted(report.failed, { en: 'failed', fr: 'échec' }, { en: 'failed', fr: 'échecs' }),
  );
  const skipped = t({
    en: `${report.skipped} skipped`,
    fr: `${report.skipped} non tenté${report.skipped > 1 ? 's' : ''}`,
  });
  const parts = [
    t(
      counted(
        report.done,
        { en: 'change', fr: 'changement' },
        { en: 'changes', fr: 'changements' },
      ),
    ),
    t({
      en: `${report.unchanged} unchanged`,
      fr: `${report.unchanged} sans changement`,
    }),
    ...(report.failed > 0 ? [paint.bad(failed)] : []),
    ...(report.skipped > 0 ? [paint.warn(skipped)] : []),
  ];
  const mark = report.failed > 0 ? paint.bad('✗') : paint.good('✓');
  lines.push(`${mark} ${parts.join(', ')} ${paint.dim(seconds(took, t))}`);
  return lines.join('\n');
}
