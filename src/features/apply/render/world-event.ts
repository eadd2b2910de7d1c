import { printable, shownTime } from '../../../base/system/index.ts';
import type { Session } from '../../../kit/session.ts';
import type { WorldEvent } from '../../instances/index.ts';

/** `2026-11-22 10:15:03+01:00 pro/pro-dev started`. */
export function eventLine(
  { time, domain, machine, action, kind }: WorldEvent,
  { t, paint }: Pick<Session, 't' | 'paint'>,
): string {
  const what = kind === 'network' ? t({ en: '(bridge)', fr: '(pont)' }) : (machine ?? '');
  return `${paint.dim(shownTime(time))} ${printable(domain)}/${printable(what)} ${printable(action)}`;
}
