/** How long what was removed is kept, unless infra.yml says otherwise: a week. */
export const TRASH_SECONDS = 7 * 86_400;

/** Whether what a run put aside has lain there long enough. Its stamp says when; a clock that went back waits. */
export function isDue(stamp: string, trashSeconds: number, now = Date.now()): boolean {
  const since = timeOfStamp(stamp);
  return since !== undefined && now - since > trashSeconds * 1000;
}

/** When it goes, ISO 8601. */
export function dueAt(stamp: string, trashSeconds: number = TRASH_SECONDS): string | undefined {
  const since = timeOfStamp(stamp);
  return since === undefined ? undefined : new Date(since + trashSeconds * 1000).toISOString();
}

/** Milliseconds of `20261122-031500`, which is UTC. */
export function timeOfStamp(stamp: string): number | undefined {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)$/.exec(stamp) ?? [];
  const time = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
  return Number.isNaN(time) ? undefined : time;
}
