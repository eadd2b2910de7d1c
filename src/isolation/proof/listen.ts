import { randomBytes } from 'node:crypto';
import { withEndFile } from '../rules/end-file.ts';
import { type Prober, runProber } from './prober.ts';
import type { PlannedProbe } from './probes.ts';
import { type Ends, spacesOf } from './spaces.ts';

/** Sees which datagrams arrive that `work` lets others send; it gets what each is to hold, in escapes of printf. */
export type Listen = <T>(
  datagrams: readonly PlannedProbe[],
  work: (payloads: readonly string[]) => Promise<T>,
) => Promise<{ readonly value: T; readonly arrived: readonly boolean[]; readonly lost: number }>;

/** Listens in every space that can be entered, and at the taps of the guests. */
export function listenAt(
  ends: Ends,
  options: { readonly seconds: Prober['seconds']; readonly signal?: AbortSignal },
): Listen {
  return async (datagrams, work) => {
    if (datagrams.length === 0) return { value: await work([]), arrived: [], lost: 0 };
    const { spaces, row } = spacesOf(ends);
    // No byte of it is a line's end, at which a shell would cut the datagram in two.
    const mark = randomBytes(8).map((byte) => byte | 0x80);
    return withEndFile(async (until, end) => {
      let begin = () => {};
      const listening = new Promise<void>((resolve) => {
        begin = resolve;
      });
      const { seconds, signal } = options;
      const listen = { mark: Buffer.from(mark).toString('hex'), until };
      const job = { spaces, probes: datagrams.map(row), seconds, listen };
      const ended = runProber(job, {
        ...(signal && { signal }),
        onErrorLine: (line) => line === 'listening' && begin(),
      });
      const payloads = datagrams.map((_, index) => payload(mark, index));
      // One that cannot listen ends before it has begun, and tells why.
      const value = await Promise.race([listening, ended])
        .then(() => work(payloads))
        .finally(async () => {
          await end();
          // Whatever happened, it has seen that before the file goes.
          await ended.catch(() => {});
        });
      const { results, lost } = await ended;
      return { value, arrived: results.map(([arrived]) => arrived), lost };
    });
  };
}

/** What the prober knows again: the mark, four bytes of seven bits of the number, and the sign of a question. */
function payload(mark: Uint8Array, index: number): string {
  const number = [21, 14, 7, 0].map((shift) => 0x80 | ((index >> shift) & 0x7f));
  const bytes = [...mark, ...number, '?'.charCodeAt(0)];
  return bytes.map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
