import type { Host } from '../system/index.ts';
import type { Desired } from '../tree/index.ts';
import type { Around } from './arrange.ts';
import { ruleDeviations } from './deviations.ts';
import { explain } from './explain.ts';
import { allowedFlows, type FlowModel } from './flows.ts';
import { forge } from './forge.ts';
import { exempt, unpinned } from './forgeries.ts';
import { forgeryMismatch } from './forgery-words.ts';
import { type Guest, type GuestExec, measureFromGuests, NOTHING, type Result } from './guests.ts';
import { listenAt } from './listen.ts';
import { runProber } from './prober.ts';
import { type Outside, type PlannedProbe, type ProbeMachine, planProbes } from './probes.ts';
import type { Deviation, Measured, Mismatch, Proof, ProofCell, Untested } from './proof.ts';
import { renderRuleset } from './ruleset.ts';
import { type Ends, spacesOf } from './spaces.ts';

export interface ProveOptions {
  /** Machines that cannot be entered, to be told in the proof. */
  readonly untested?: readonly Untested[];
  /** What is already known not to be as the tree asks for. */
  readonly deviations?: readonly Deviation[];
  readonly outside?: Outside;
  /** What the daemon has of ours beside what is declared. */
  readonly around?: Around;
  /** Virtual machines, and the way to run commands in them. */
  readonly guests?: readonly Guest[];
  readonly exec?: GuestExec;
  /** How long the absence of a packet is watched, in seconds; default 0.3, each packet twice. */
  readonly closedSeconds?: number;
  /** How long an allowed packet may take, in seconds, retries included; default 5, for a machine that is slow. */
  readonly openSeconds?: number;
  readonly signal?: AbortSignal;
}

/**
 * Sends real packets between all machines and compares what arrives with what the policies say.
 * Needs root: it enters the machines' network namespaces. Throws `prove-needs-root` (exit 4) otherwise.
 */
export async function prove(
  desired: Desired,
  machines: readonly ProbeMachine[],
  host: Host,
  options: ProveOptions = {},
): Promise<Proof> {
  const started = performance.now();
  const model = allowedFlows(desired);
  const guests = options.exec ? (options.guests ?? []) : [];
  const ends = [...machines, ...guests];
  const probes = planProbes(model, ends, options.outside);
  const places = { machines, guests, host, outside: options.outside };
  const bounded = options.signal ? { signal: options.signal } : {};
  const listen = listenAt(places, { seconds: secondsOf(options), ...bounded });
  const fromGuests = options.exec
    ? await measureFromGuests(probes, guests, options.exec, listen)
    : NOTHING;
  const guestNames = new Set(guests.map(({ name }) => name));
  const fromHere = probes.filter(({ from }) => !guestNames.has(from));
  const here = fromHere.length
    ? await measure(fromHere, places, options)
    : { results: [], lost: 0, unwatched: guestNames };
  const { results, unwatched } = here;
  const lost = here.lost + fromGuests.lost;
  const seen = new Map(fromHere.map((probe, index) => [probe, results[index]]));
  const cells = probes.map((probe) =>
    cellOf(
      probe,
      fromGuests.results.get(probe) ?? seenAtGuest(probe, seen.get(probe), guestNames, unwatched),
    ),
  );
  const forged = await forge(
    model,
    { machines, guests, host },
    {
      seconds: options.closedSeconds ?? 0.3,
      ...(options.exec && { exec: options.exec }),
      ...bounded,
    },
  );
  const forgeries = forged.cells;
  const deviations = [
    ...(options.deviations ?? []),
    ...(machines.length > 0
      ? await ruleDeviations(renderRuleset(model), host, options.around)
      : []),
  ];
  const all = [...cells, ...forgeries];
  const count = (verdict: ProofCell['verdict']) =>
    all.filter((cell) => cell.verdict === verdict).length;
  const mismatches = [
    ...cells.filter(isMismatch).map((cell) => mismatchOf(model, cell)),
    ...forgeries.filter(isMismatch).map(forgeryMismatch),
  ];
  const passed = all.filter(({ verdict }) => verdict === 'ok');
  const open = passed.filter(({ expected }) => expected === 'open').length;
  return {
    holds: mismatches.length === 0 && deviations.length === 0 && passed.length > 0 && lost === 0,
    machines: ends.map(({ name, domain, ip }) => ({ name, domain, ip })),
    cells,
    forgeries,
    deviations,
    counts: {
      probes: all.length,
      ok: passed.length,
      open,
      closed: passed.length - open,
      mismatches: mismatches.length,
      untested: count('untested'),
    },
    mismatches,
    untested: [
      ...(options.untested ?? []),
      ...fromGuests.untested,
      ...forged.untested,
      ...unpinned(model),
    ],
    exempt: exempt(model),
    lost,
    seconds: (performance.now() - started) / 1000,
  };
}

function isMismatch({ verdict }: { readonly verdict: ProofCell['verdict'] }): boolean {
  return verdict === 'mismatch';
}

/** Sends from here. Gives too which guests nobody could watch. */
async function measure(
  probes: readonly PlannedProbe[],
  ends: Ends,
  options: ProveOptions,
): Promise<{ results: readonly Result[]; lost: number; unwatched: ReadonlySet<string> }> {
  const { spaces, numberOf, row } = spacesOf(ends);
  const job = { spaces, probes: probes.map(row), seconds: secondsOf(options) };
  const { signal } = options;
  const { results, lost, missing } = await runProber(job, signal ? { signal } : {});
  const unwatched = ends.guests
    .map(({ name }) => name)
    .filter((name) => numberOf(name) < 0 || String(numberOf(name)) in missing);
  return { results, lost, unwatched: new Set(unwatched) };
}

function secondsOf({ closedSeconds = 0.3, openSeconds = 5 }: ProveOptions) {
  return { closed: closedSeconds, open: openSeconds };
}

/** What left the host for a guest has arrived, whether or not it answers. Unwatched, only answers tell. */
function seenAtGuest(
  { to, protocol, expected }: PlannedProbe,
  result: Result | undefined,
  guests: ReadonlySet<string>,
  unwatched: ReadonlySet<string>,
): Result | undefined {
  if (!result || !guests.has(to)) return result;
  const [arrived, answered, error] = result;
  if (!unwatched.has(to)) return [arrived, arrived || answered, error];
  return protocol === 'udp' && expected && !answered ? undefined : result;
}

function cellOf(probe: PlannedProbe, result: Result | undefined): ProofCell {
  const measured = measuredOf(result);
  const expected = probe.expected ? 'open' : 'closed';
  return {
    from: probe.from,
    to: probe.to,
    protocol: probe.protocol,
    ...(probe.port !== undefined && { port: probe.port }),
    ...(probe.family && { family: probe.family }),
    expected,
    measured,
    verdict: measured === 'unsent' ? 'untested' : measured === expected ? 'ok' : 'mismatch',
  };
}

/** An answer means that something got through, also when the arrival itself was missed. */
function measuredOf(result: Result | undefined): Measured {
  if (!result) return 'unsent';
  const [arrived, answered, error] = result;
  if (answered) return 'open';
  if (arrived) return 'one-way';
  return error === null ? 'closed' : 'unsent';
}

function mismatchOf(model: FlowModel, cell: ProofCell): Mismatch {
  const decision = explain(model, cell);
  const packet = `${cell.from} -> ${cell.to} ${cell.protocol}${cell.port === undefined ? '' : `/${cell.port}`}${cell.family ? ' (IPv6)' : ''}`;
  const { en, fr } = decision.text;
  const found = FOUND[cell.measured];
  return {
    ...cell,
    ...(decision.policy !== undefined && { policy: decision.policy }),
    text: {
      en: `${packet} ${found.en}, but ${en}.`,
      fr: `${packet} ${found.fr}, alors que ${fr}.`,
    },
  };
}

const FOUND: Readonly<Record<Measured, { en: string; fr: string }>> = {
  open: { en: 'gets through', fr: 'passe' },
  'one-way': {
    en: 'arrives without an answer coming back',
    fr: 'arrive sans qu’une réponse revienne',
  },
  closed: { en: 'does not get through', fr: 'ne passe pas' },
  unsent: { en: 'could not be sent', fr: 'n’a pas pu être envoyé' },
};
