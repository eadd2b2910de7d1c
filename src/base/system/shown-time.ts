/**
 * A time as people read it, the same everywhere: `2026-11-22 03:15:00+01:00`, this machine's clock with its distance
 * from UTC (RFC 3339). `?` for what is no time. `east` is that distance in minutes.
 */
export function shownTime(time: Date | string, east?: number): string {
  const date = typeof time === 'string' ? new Date(time) : time;
  if (Number.isNaN(date.getTime())) return '?';
  // The standard library counts what has to be added to the local time.
  const minutes = east ?? -date.getTimezoneOffset();
  const local = new Date(date.getTime() + minutes * 60_000).toISOString();
  const distance = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
    .map((n) => String(n).padStart(2, '0'))
    .join(':');
  return `${local.slice(0, 10)} ${local.slice(11, 19)}${minutes < 0 ? '-' : '+'}${distance}`;
}
