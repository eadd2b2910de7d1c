import type { Snapshot } from '../incus/index.ts';

/**
 * Dates of expiry that nobody chooses, and what they say of a snapshot. A machine that ran was frozen by the daemon for
 * the time of the snapshot, perhaps; one that was frozen before stays so.
 */
export const UNFINISHED = {
  ofRunning: '9999-12-31T23:59:59Z',
  ofFrozen: '9999-12-31T23:59:58Z',
  removal: '9999-12-31T23:59:57Z',
} as const;

type Dated = Pick<Snapshot, 'expires_at'>;

/** Whether a snapshot was cut off while it was made or removed: it may hold some of its files, and looks whole. */
export function isUnfinished(snapshot: Dated): boolean {
  return Object.values(UNFINISHED).some((date) => isDated(snapshot, date));
}

/** Whether the daemon may have left the machine frozen when it was killed. */
export function mayHaveFrozen(snapshot: Dated): boolean {
  return isDated(snapshot, UNFINISHED.ofRunning);
}

function isDated({ expires_at: date }: Dated, wanted: string): boolean {
  return Date.parse(date ?? '') === Date.parse(wanted);
}
