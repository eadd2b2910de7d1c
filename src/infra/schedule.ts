import { Cron } from 'croner';

/** Croner knows more than the daemon's reader does; a field is held to what both understand. */
const FIELD = /^[0-9a-z*,/-]+$/i;

/** Whether a text is a cron schedule of exactly five fields that Incus understands too. */
export function isSchedule(text: string): boolean {
  const fields = text.trim().split(/[ \t]+/);
  const day = fields[4] ?? '';
  if (fields.length !== 5 || !fields.every((field) => FIELD.test(field))) return false;
  // Croner reads L and W as last and nearest weekday, and 7 as Sunday; the daemon refuses them.
  if (/(^|[^a-z])[lw]([^a-z]|$)/i.test(text) || /\d[lw]/i.test(text) || /(^|[,/-])7/.test(day))
    return false;
  try {
    new Cron(fields.join(' '), { paused: true, mode: '5-part' }).stop();
    return true;
  } catch {
    return false;
  }
}
