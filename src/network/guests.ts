import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { productRoot } from '../system/index.ts';
import type { PlannedProbe, ProbeEnd } from './probes.ts';
import type { Untested } from './proof.ts';

/** A virtual machine: its network cannot be entered, but its agent runs commands inside. */
export interface Guest extends ProbeEnd {
  readonly project: string;
  readonly instance: string;
}

/** Runs a command inside a guest. Throws when no agent answers. */
export type GuestExec = (
  guest: Guest,
  argv: readonly string[],
) => Promise<{ readonly stdout: string }>;

/** What the prober measures of one probe: whether it arrived, was answered, and why it could not leave. */
export type Result = readonly [arrived: boolean, answered: boolean, error: string | null];

/** More would not fit a command line on every kernel. */
const MOST_PROBES = 500;

/** Sends the probes that begin in guests. Of datagrams nobody could see there whether they arrive: they stay out. */
export async function measureFromGuests(
  probes: readonly PlannedProbe[],
  guests: readonly Guest[],
  exec: GuestExec,
): Promise<{ readonly results: ReadonlyMap<PlannedProbe, Result>; readonly untested: Untested[] }> {
  if (guests.length === 0) return { results: new Map(), untested: [] };
  const script = await readFile(join(productRoot(), 'src/network/guest-probe.sh'), 'utf8');
  const results = new Map<PlannedProbe, Result>();
  const untested: Untested[] = [];
  await Promise.all(
    guests.map(async (guest) => {
      const mine = probes.filter(({ from }) => from === guest.name);
      for (const probe of mine) results.set(probe, UNSENT);
      const tried = mine.filter(({ protocol }) => protocol !== 'udp');
      try {
        for (let start = 0; start < tried.length; start += MOST_PROBES) {
          const part = tried.slice(start, start + MOST_PROBES);
          const words = part.flatMap(({ protocol, toAddress, port }) => [
            protocol,
            toAddress,
            String(port ?? 0),
          ]);
          const { stdout } = await exec(guest, ['bash', '-c', script, 'anklume', ...words]);
          for (const [number, result] of readLines(stdout)) {
            const probe = part[number];
            if (probe) results.set(probe, result);
          }
        }
      } catch {
        untested.push({ machine: guest.name, reason: NO_AGENT });
      }
    }),
  );
  return { results, untested };
}

const UNSENT: Result = [false, false, 'not tried from a virtual machine'];

const NO_AGENT = {
  en: 'it is a virtual machine whose agent does not answer: it sends nothing, and is probed by the others',
  fr: 'c’est une machine virtuelle dont l’agent ne répond pas : elle n’envoie rien, et les autres la sondent',
};

/** Lines such as `3 open`; whatever else a guest prints is left out. */
function readLines(untrustedOutput: string): [number, Result][] {
  return untrustedOutput.split('\n').flatMap((line): [number, Result][] => {
    const [, number, word] = /^(\d{1,4}) (open|closed)$/.exec(line) ?? [];
    if (number === undefined) return [];
    return [[Number(number), word === 'open' ? [true, true, null] : [false, false, null]]];
  });
}
