import type { Session } from '../../../kit/session.ts';
import { durationLines, failureLines, type TestTotals } from '../test-results.ts';

/** What failed, what took long, and how many there were. */
export function renderTotals(
  { passed, failed, skipped, failures, durations }: TestTotals,
  { t }: Pick<Session, 't'>,
): string {
  const counts =
    skipped === 0
      ? { en: `${passed} passed, ${failed} failed`, fr: `${passed} réussis, ${failed} échoués` }
      : {
          en: `${passed} passed, ${failed} failed, ${skipped} skipped`,
          fr: `${passed} réussis, ${failed} échoués, ${skipped} passés`,
        };
  return [...failureLines(failures), ...durationLines(durations), t(counts)].join('\n');
}
