import type { WorldEvent } from '../../instances/index.ts';
import { printable } from '../../system/index.ts';
import type { Session } from '../frame/session.ts';

/** `10:15:03 pro/pro-dev started`, in the clock of this machine. */
export function eventLine(
  { time, domain, machine, action, kind }: WorldEvent,
  { t, paint }: Pick<Session, 't' | 'paint'>,
): string {
  const at = new Date(time);
  const clock = Number.isNaN(at.getTime()) ? '--:--:--' : at.toTimeString().slice(0, 8);
  const what = kind === 'network' ? t({ en: '(bridge)', fr: '(pont)' }) : (machine ?? '');
  return `${paint.dim(clock)} ${printable(domain)}/${printable(what)} ${printable(action)}`;
}
