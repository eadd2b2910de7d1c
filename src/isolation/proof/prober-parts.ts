import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { type Prober, type ProberReport, runProber } from './prober.ts';

/** Fewer are sent before a second process has opened its sockets. */
const WORTH_A_PROCESS = 3000;
const MOST_PARTS = 4;

/** How many processes share this many probes. */
export function partsFor(probes: number, processors = availableParallelism()): number {
  const worth = Math.floor(probes / WORTH_A_PROCESS);
  return Math.max(1, Math.min(worth, processors, MOST_PARTS));
}

/** One after the other, probes that lie side by side in one part: they tell of one sender. */
export function partsOf(job: Prober, parts: number, sequence: number): Prober[] {
  const size = Math.ceil(job.probes.length / parts);
  return Array.from({ length: parts }, (_, part) => {
    const first = part * size;
    return { ...job, probes: job.probes.slice(first, first + size), first, sequence };
  });
}

/** What all of them found, with the numbers of the whole. Nothing counts as injected that one could not inject. */
export function joined(
  parts: readonly Pick<Prober, 'first'>[],
  reports: readonly ProberReport[],
): ProberReport {
  return {
    results: reports.flatMap(({ results }) => results),
    missing: Object.assign({}, ...reports.map(({ missing }) => missing)),
    strayed: reports.flatMap(({ strayed }, part) =>
      strayed.map(([index, places]) => [index + (parts[part]?.first ?? 0), places] as const),
    ),
    injects: reports.every(({ injects }) => injects),
    lost: reports.reduce((sum, { lost }) => sum + lost, 0),
  };
}

/** Runs the prober, in several processes where there is much to send. Throws as `runProber`. */
export async function runInParts(
  job: Prober,
  { signal }: { readonly signal?: AbortSignal },
): Promise<ProberReport> {
  const jobs = partsOf(job, partsFor(job.probes.length), randomBytes(4).readUInt32BE());
  // One that fails ends the others: nobody waits for them any more.
  const ended = new AbortController();
  const bounded = { signal: AbortSignal.any([ended.signal, ...(signal ? [signal] : [])]) };
  try {
    return joined(jobs, await Promise.all(jobs.map((one) => runProber(one, bounded))));
  } finally {
    ended.abort();
  }
}
