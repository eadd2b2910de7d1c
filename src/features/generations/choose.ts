import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { shownTime } from '../../base/system/index.ts';
import { STAMP } from '../../engine/index.ts';
import type { GenerationRecord, Target } from './record.ts';
import { timeOfStamp } from './retention.ts';

/**
 * The point that a word means: a generation's number, a time, or nothing for the state before the last change.
 * An unfinished rollback is gone on with. Pure. Throws `unknown-generation` or `nothing-to-roll-back` (exit 2).
 */
export function chooseTarget(
  records: readonly GenerationRecord[],
  untrustedWord: string | undefined,
  now: Date,
): Target {
  const last = records.at(-1);
  if (!last) throw nothing();
  if (untrustedWord === undefined) {
    if (last.kind === 'rollback' && last.state !== 'done' && last.target) return last.target;
    return before(records, last);
  }
  if (/^\d{1,6}$/.test(untrustedWord)) return byNumber(records, Number(untrustedWord));
  const stamped = records.find(({ stamp }) => stamp === untrustedWord);
  return stamped ? before(records, stamped) : byTime(records, untrustedWord, now);
}

/** The world as it was when a record began. */
function before(records: readonly GenerationRecord[], record: GenerationRecord): Target {
  // A restore changed nothing but data, and what came before it is today's shape.
  if (record.kind === 'restore' && record === records.at(-1) && !record.cleaned)
    return { shape: 0, since: record.number };
  const shape = records.findLast((one) => one.number < record.number && isPoint(one));
  if (!shape && (record.snapshots.length === 0 || record.cleaned)) throw nothing();
  return { shape: shape?.number ?? 0, since: record.number };
}

function byNumber(records: readonly GenerationRecord[], number: number): Target {
  const found = records.find((one) => one.number === number);
  if (!found || !isPoint(found)) throw unknown(String(number), records);
  return { shape: number, since: number + 1 };
}

function byTime(records: readonly GenerationRecord[], untrustedWord: string, now: Date): Target {
  const time = timeOf(untrustedWord);
  if (time === undefined || time > now.getTime()) throw unknown(untrustedWord, records);
  const found = records.findLast((one) => isPoint(one) && Date.parse(one.finishedAt ?? '') <= time);
  if (!found) throw unknown(untrustedWord, records);
  return { shape: found.number, since: found.number + 1 };
}

/** Milliseconds of `20261122-031500` (UTC) or of an ISO 8601 time, which is local without a zone. */
function timeOf(untrustedWord: string): number | undefined {
  if (STAMP.test(untrustedWord)) return timeOfStamp(untrustedWord);
  if (!/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(untrustedWord))
    return undefined;
  const time = Date.parse(untrustedWord.replace(' ', 'T'));
  return Number.isNaN(time) ? undefined : time;
}

/** A world that was reached as a whole. */
function isPoint({ state, hasFiles }: GenerationRecord): boolean {
  return state === 'done' && hasFiles;
}

function nothing(): AnklumeError {
  return new AnklumeError({
    code: 'nothing-to-roll-back',
    exit: ExitCode.usage,
    message: {
      en: 'There is no earlier state to go back to.',
      fr: "Il n'y a pas d'état antérieur auquel revenir.",
    },
    remedy: {
      en: "Each apply that changes something adds one: 'anklume history' shows them.",
      fr: 'Chaque apply qui change quelque chose en ajoute un : « anklume history » les montre.',
    },
  });
}

function unknown(untrustedWord: string, records: readonly GenerationRecord[]): AnklumeError {
  const known = records.filter(isPoint).slice(-8);
  const list = known.map((one) => `${one.number} (${shownTime(one.startedAt)})`).join(', ');
  return new AnklumeError({
    code: 'unknown-generation',
    exit: ExitCode.usage,
    message: {
      en: `There is no generation '${untrustedWord}'.`,
      fr: `Il n'y a pas de génération « ${untrustedWord} ».`,
    },
    remedy: {
      en: `Give a number or a time such as '2026-11-22 03:15'. There are: ${list || 'none'}.`,
      fr: `Donnez un numéro ou une date comme « 2026-11-22 03:15 ». Il y a : ${list || 'aucune'}.`,
    },
  });
}
