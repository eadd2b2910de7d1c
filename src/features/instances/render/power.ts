import { printable } from '../../../base/system/index.ts';
import { counted } from '../../../kit/render/words.ts';
import type { Session } from '../../../kit/session.ts';
import type { PowerOutcome } from '../power.ts';

/** What did not go well with its reason, then one line of counts. */
export function renderPower(
  outcomes: readonly PowerOutcome[],
  { t, paint }: Pick<Session, 't' | 'paint'>,
): string {
  const of = (result: PowerOutcome['result']) => outcomes.filter((one) => one.result === result);
  const failed = of('failed');
  const lines = failed.map(
    ({ place, message }) =>
      `${paint.bad('✗')} ${place.machine}${message ? `: ${printable(t(message))}` : ''}`,
  );
  const parts = [
    t(
      counted(
        of('done').length,
        { en: 'machine changed', fr: 'machine modifiée' },
        { en: 'machines changed', fr: 'machines modifiées' },
      ),
    ),
    t({
      en: `${of('unchanged').length} as wanted already`,
      fr: `${of('unchanged').length} déjà dans l'état voulu`,
    }),
  ];
  if (failed.length > 0)
    parts.push(paint.bad(t({ en: `${failed.length} failed`, fr: `${failed.length} en échec` })));
  lines.push(`${failed.length > 0 ? paint.bad('✗') : paint.good('✓')} ${parts.join(', ')}`);
  return lines.join('\n');
}
