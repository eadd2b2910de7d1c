import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { productRoot } from '../../base/system/index.ts';
import type { Guest, Result } from './guest.ts';
import type { Listen } from './listen.ts';
import type { PlannedProbe } from './probes.ts';
import type { Untested } from './proof.ts';

/** Runs a command inside a guest. Throws when no agent answers. */
export type GuestExec = (
  guest: Guest,
  argv: readonly string[],
) => Promise<{ readonly stdout: string }>;

/** More would not fit a command line on every kernel. */
const MOST_PROBES = 500;

export interface FromGuests {
  readonly results: ReadonlyMap<PlannedProbe, Result>;
  readonly untested: readonly Untested[];
  /** Packets that went by unseen. */
  readonly lost: number;
}

export const NOTHING: FromGuests = { results: new Map(), untested: [], lost: 0 };

/** Sends the probes that begin in guests. Whether their datagrams arrive is seen by who listens meanwhile. */
export async function measureFromGuests(
  probes: readonly PlannedProbe[],
  guests: readonly Guest[],
  exec: GuestExec,
  listen: Listen,
): Promise<FromGuests> {
  if (guests.length === 0) return NOTHING;
  const script = await readFile(join(productRoot(), 'src/isolation/proof/guest-probe.sh'), 'utf8');
  const names = new Set(guests.map(({ name }) => name));
  const all = probes.filter(({ from }) => names.has(from));
  const datagrams = all.filter(({ protocol }) => protocol === 'udp');
  const words = new Map<PlannedProbe, Word>();
  const untested: Untested[] = [];
  const { arrived, lost } = await listen(datagrams, async (payloads) => {
    const payloadOf = new Map(datagrams.map((probe, index) => [probe, payloads[index] ?? '']));
    const fromOne = async (guest: Guest) => {
      const mine = all.filter(({ from }) => from === guest.name);
      for (let start = 0; start < mine.length; start += MOST_PROBES) {
        const part = mine.slice(start, start + MOST_PROBES);
        const fours = part.flatMap((probe) => {
          const { protocol, toAddress, port = 0 } = probe;
          return [protocol, toAddress, String(port), payloadOf.get(probe) ?? '-'];
        });
        const { stdout } = await exec(guest, ['bash', '-c', script, 'anklume', ...fours]);
        for (const [number, word] of readLines(stdout)) {
          const probe = part[number];
          if (probe) words.set(probe, word);
        }
      }
    };
    await Promise.all(
      guests.map((guest) =>
        fromOne(guest).catch(() => untested.push({ machine: guest.name, reason: NO_AGENT })),
      ),
    );
  });
  const heard = new Set(datagrams.filter((_, index) => arrived[index]));
  const results = new Map(
    all.map((probe) => [probe, resultOf(probe, words.get(probe), heard.has(probe))]),
  );
  return { results, untested, lost };
}

/** What a guest says of one of its probes. */
type Word = 'open' | 'closed' | 'sent';

/** Of a datagram the guest knows no more than that it left; of all else what is asked here is what it was told. */
function resultOf({ protocol }: PlannedProbe, word: Word | undefined, heard: boolean): Result {
  if (heard) return [true, true, null, true, false];
  if (protocol === 'udp') return word === 'sent' ? [false, false, null, true, false] : UNSENT;
  if (word === 'open') return [true, true, null, true, false];
  return word === 'closed' ? [false, false, null, true, false] : UNSENT;
}

const UNSENT: Result = [false, false, 'not tried from a virtual machine', false, false];

const NO_AGENT = {
  en: 'it is a virtual machine whose agent does not answer: it sends nothing, and is probed by the others',
  fr: "c'est une machine virtuelle dont l'agent ne répond pas : elle n'envoie rien, et les autres la sondent",
};

/** Lines such as `3 open`; whatever else a guest prints is left out. */
function readLines(untrustedOutput: string): [number, Word][] {
  return untrustedOutput.split('\n').flatMap((line): [number, Word][] => {
    const [, number, word] = /^(\d{1,4}) (open|closed|sent)$/.exec(line) ?? [];
    return number === undefined ? [] : [[Number(number), word as Word]];
  });
}
