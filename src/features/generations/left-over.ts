import type { GenerationRecord } from './record.ts';

/** What is asked of a machine of the daemon. */
export interface Made {
  readonly id: string;
  /** ISO 8601. */
  readonly created_at: string;
}

/**
 * Ids of those machines that were there when a generation was reached: whether or not it declared them, they were part
 * of that world. One that was removed before and made again under the same name is another. Pure.
 */
export function thereThen(
  records: readonly GenerationRecord[],
  { number, finishedAt }: Pick<GenerationRecord, 'number' | 'finishedAt'>,
  machines: readonly Made[],
): Set<string> {
  const removed = new Set(
    records.flatMap((one) => (one.number <= number ? (one.removed ?? []) : [])),
  );
  const end = Date.parse(finishedAt ?? '');
  return new Set(
    machines.flatMap(({ id, created_at }) =>
      Date.parse(created_at) <= end && !removed.has(id) ? [id] : [],
    ),
  );
}
