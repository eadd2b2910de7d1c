import { randomBytes } from 'node:crypto';
import type { Host } from '../../base/system/index.ts';
import type { FlowModel } from '../model/flows.ts';
import { withEndFile } from '../rules/end-file.ts';
import { onHost } from '../rules/nft.ts';
import { type Sender, sendersOf } from './forge-senders.ts';
import { planForgeries } from './forgeries.ts';
import type { PlannedForgery } from './forgery.ts';
import type { Guest } from './guest.ts';
import { sendFrames } from './guest-forge.ts';
import type { GuestExec } from './guests.ts';
import { askProber } from './prober.ts';
import type { ProbeMachine } from './probes.ts';
import type { ForgeryCell, Untested } from './proof.ts';
import { isAskedFor, type ProofScope } from './proof-scope.ts';
import { hostSpaceOf } from './spaces.ts';

/** Where frames are forged and looked for. */
export interface ForgePlaces {
  readonly machines: readonly ProbeMachine[];
  readonly guests: readonly Guest[];
  readonly host: Host;
}

export interface ForgeOptions {
  /** How long a frame is waited for. */
  readonly seconds: number;
  readonly scope: ProofScope;
  /** False: nothing is put at the host's ends of NICs. */
  readonly inject?: boolean;
  /** Runs commands in guests, where nothing can be put at the ends of their NICs; without it they then forge nothing. */
  readonly exec?: GuestExec;
  readonly signal?: AbortSignal;
}

/**
 * Puts forged frames at the host's ends of the machines' NICs and looks what arrives. Where the kernel does not let us,
 * containers send them from within, and virtual machines through their agent. Throws `prove-needs-root` without root.
 */
export async function forge(
  model: FlowModel,
  { machines, guests, host }: ForgePlaces,
  options: ForgeOptions,
): Promise<{ readonly cells: readonly ForgeryCell[]; readonly untested: readonly Untested[] }> {
  const senders = sendersOf(model, machines, guests);
  const ends = [...machines, ...guests].filter(({ name }) =>
    senders.some((one) => one.name === name),
  );
  const forgeries = planForgeries(model, ends).filter((one) => isAskedFor(options.scope, one));
  if (forgeries.length === 0) return { cells: [], untested: [] };
  const macs = forgeries.map(() => madeUpMac());
  const { results, silent } = await withEndFile(async (until, end) => {
    let handed: Promise<ReadonlySet<string>> = Promise.resolve(new Set());
    const job = { ...jobOf(model, senders, host, forgeries, macs), until };
    try {
      const { results } = await askProber<ForgerReport>(
        'forge',
        { ...job, seconds: options.seconds, ...(options.inject === false && { inject: false }) },
        {
          // Its one line: what the guests are to send.
          onErrorLine: (line) => {
            if (line.startsWith('{')) handed = sendFrames(line, senders, options.exec).finally(end);
          },
          ...(options.signal && { signal: options.signal }),
        },
      );
      return { results, silent: await handed };
    } finally {
      // Interrupted, the guests may still be sending.
      await handed;
    }
  });
  const learned = await learnedMacs(host);
  const cells = forgeries.flatMap((one, index) => {
    const [arrived, error] = results[index] ?? [false, null];
    // Nobody can send from outside, and the loaded rules are compared all the same.
    if (error === NO_WAY_IN) return [];
    if (arrived) return cellOf(one, 'arrived');
    if (one.kind === 'mac' && learned.has(macs[index] ?? '')) return cellOf(one, 'learned');
    return cellOf(one, error || silent.has(one.from) ? 'unsent' : 'closed');
  });
  return { cells, untested: [...silent].map((machine) => ({ machine, reason: NOT_SENT })) };
}

/** What it prints; see prober/forging.py. */
interface ForgerReport {
  readonly results: readonly [arrived: boolean, error: string | null][];
}

/** What the prober says where the host hears from nobody outside, or lets nothing be put there. */
const NO_WAY_IN = 'no way in';

const NOT_SENT = {
  en: 'it is a virtual machine without python3, or its agent does not answer: what it could forge is not tried',
  fr: "c'est une machine virtuelle sans python3, ou dont l'agent ne répond pas : ce qu'elle pourrait contrefaire n'est pas essayé",
};

function jobOf(
  model: FlowModel,
  senders: readonly Sender[],
  host: Host,
  forgeries: readonly PlannedForgery[],
  macs: readonly string[],
) {
  const numbers = new Map(senders.map(({ name }, index) => [name, index + 1]));
  const bridges = new Map(senders.map(({ name, bridge }) => [name, bridge]));
  const hostSpace = hostSpaceOf(host);
  return {
    spaces: [
      { path: hostSpace },
      ...senders.map(({ netns, ip, ip6, port, mac }) => ({
        path: netns ?? hostSpace,
        ...{ address: ip, address6: ip6, port, mac },
        ...(netns === undefined && { guest: true }),
      })),
    ],
    bridges: Object.fromEntries(model.domains.map(({ bridge, gateway }) => [bridge, gateway])),
    probes: forgeries.map((one, index) => ({
      ...one,
      from: numbers.get(one.from) ?? 0,
      to: numbers.get(one.to) ?? 0,
      bridge: bridges.get(one.from),
      mac: macs[index],
    })),
  };
}

function cellOf(forgery: PlannedForgery, measured: ForgeryCell['measured']): ForgeryCell {
  const { kind, from, to, forged, protocol, port, family, expected } = forgery;
  const isRight = expected ? measured === 'arrived' : measured === 'closed';
  return {
    forged: kind,
    from,
    to,
    ...(forged !== undefined && { as: forged }),
    protocol,
    ...(port !== undefined && { port }),
    ...(family && { family }),
    expected: expected ? 'open' : 'closed',
    measured,
    verdict: measured === 'unsent' ? 'untested' : isRight ? 'ok' : 'mismatch',
  };
}

/** Locally administered, and so nobody's. */
function madeUpMac(): string {
  return `06:${(randomBytes(5).toString('hex').match(/../g) ?? []).join(':')}`;
}

/** MACs that the host's bridges believe to be behind one of their ports. */
async function learnedMacs(host: Host): Promise<Set<string>> {
  const { stdout } = await onHost(host, ['bridge', '-j', 'fdb', 'show']);
  const entries = JSON.parse(stdout || '[]') as { mac?: string }[];
  return new Set(entries.flatMap(({ mac }) => mac ?? []));
}
