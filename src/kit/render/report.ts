import type { Text } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import type { ApplyReport } from '../../engine/index.ts';
import { seconds } from '../progress/plain.ts';
import type { Voice } from './problems.ts';
import { counted } from './words.ts';

/** What apply did: failures and skipped work with their reasons, then one line of counts. */
export function renderReport(report: ApplyReport, voice: Voice, took: number): string {
  const { open = 0 } = report;
  const { paint, t } = voice;
  const lines = report.outcomes
    .filter((outcome) => outcome.result === 'failed')
    .flatMap((outcome) => {
      const why = outcome.message ? `: ${printable(t(outcome.message))}` : '';
      const line = `${paint.bad('✗')} ${printable(outcome.id)}${why}`;
      return outcome.remedy
        ? [line, `  ${paint.accent('→')} ${printable(t(outcome.remedy))}`]
        : [line];
    });
  lines.push(...skippedLines(report, voice));
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
    ...(open > 0 ? [paint.warn(t(stillOpen(open)))] : []),
  ];
  const mark =
    report.failed > 0
      ? paint.bad('✗')
      : report.skipped > 0 || open > 0
        ? paint.warn('!')
        : paint.good('✓');
  lines.push(`${mark} ${parts.join(', ')} ${paint.dim(seconds(took, t))}`);
  return lines.join('\n');
}

/** What was told before and no apply puts right. */
function stillOpen(n: number): Text {
  return {
    en: `${n} still open (see above)`,
    fr: `${n} ${n === 1 ? 'point reste ouvert' : 'points restent ouverts'} (voir plus haut)`,
  };
}

/** Names told of a group that shares its reason. */
const MOST_NAMES = 4;

/** What was not tried, a line for each reason: one failure can hold up a hundred machines. */
function skippedLines({ outcomes }: ApplyReport, { paint, t }: Voice): string[] {
  const groups = new Map<string, string[]>();
  for (const { result, id, message } of outcomes) {
    if (result !== 'skipped') continue;
    const why = message ? `: ${printable(t(message))}` : '';
    groups.set(why, [...(groups.get(why) ?? []), printable(id)]);
  }
  return [...groups].map(([why, ids]) => {
    const rest = ids.length - MOST_NAMES;
    const more = rest > 0 ? t({ en: ` and ${rest} more`, fr: ` et ${rest} de plus` }) : '';
    return `${paint.warn('-')} ${ids.slice(0, MOST_NAMES).join(', ')}${more}${why}`;
  });
}
