import { join } from 'node:path';
import { AnklumeError, ExitCode } from '../messages/index.ts';
import { type Host, productRoot, run } from '../system/index.ts';
import type { Desired } from '../tree/index.ts';
import { ruleDeviations } from './deviations.ts';
import { explain } from './explain.ts';
import { allowedFlows, type FlowModel } from './flows.ts';
import { forge } from './forge.ts';
import { exempt, planForgeries, unpinned } from './forgeries.ts';
import { forgeryMismatch } from './forgery-words.ts';
import { type Guest, type GuestExec, measureFromGuests, type Result } from './guests.ts';
import { type Outside, type PlannedProbe, type ProbeMachine, planProbes } from './probes.ts';
import type { Deviation, Measured, Mismatch, Proof, ProofCell, Untested } from './proof.ts';
import { renderRuleset } from './ruleset.ts';

export interface ProveOptions {
  /** Machines that cannot be entered, to be told in the proof. */
  readonly untested?: readonly Untested[];
  /** What is already known not to be as the tree asks for. */
  readonly deviations?: readonly Deviation[];
  readonly outside?: Outside;
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
  const fromGuests = options.exec
    ? await measureFromGuests(probes, guests, options.exec)
    : { results: new Map<PlannedProbe, Result>(), untested: [] };
  const guestNames = new Set(guests.map(({ name }) => name));
  const fromHere = probes.filter(({ from }) => !guestNames.has(from));
  const { results, lost } = fromHere.length
    ? await measure(fromHere, machines, guests, host, options)
    : { results: [], lost: 0 };
  const seen = new Map(fromHere.map((probe, index) => [probe, results[index]]));
  const cells = probes.map((probe) =>
    cellOf(
      probe,
      fromGuests.results.get(probe) ?? seenFromOutside(probe, seen.get(probe), guestNames),
    ),
  );
  const forgeries = await forge(model, machines, planForgeries(model, machines), host, {
    seconds: options.closedSeconds ?? 0.3,
    ...(options.signal && { signal: options.signal }),
  });
  const deviations = [
    ...(options.deviations ?? []),
    ...(machines.length > 0 ? await ruleDeviations(renderRuleset(model), host) : []),
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
    untested: [...(options.untested ?? []), ...fromGuests.untested, ...unpinned(model)],
    exempt: exempt(model),
    lost,
    seconds: (performance.now() - started) / 1000,
  };
}

function isMismatch({ verdict }: { readonly verdict: ProofCell['verdict'] }): boolean {
  return verdict === 'mismatch';
}

async function measure(
  probes: readonly PlannedProbe[],
  machines: readonly ProbeMachine[],
  guests: readonly Guest[],
  host: Host,
  options: ProveOptions,
): Promise<{ results: readonly Result[]; lost: number }> {
  const hostSpace = host.enter.length === 0 ? '/proc/self/ns/net' : join(host.proc, '1/ns/net');
  const spaces = [
    { path: hostSpace, watch: 'stack' },
    ...machines.map(({ netns }) => ({ path: netns, watch: 'card' })),
    ...(options.outside ? [{ path: options.outside.netns, watch: 'card' }] : []),
  ];
  const numbers = new Map(machines.map(({ name }, index) => [name, index + 1]));
  numbers.set('internet', machines.length + 1);
  for (const { name } of guests) numbers.set(name, NOWHERE);
  // The host and its gateways are space 0, as is every name that is no machine's.
  const space = (name: string): number => numbers.get(name) ?? 0;
  const job = {
    spaces,
    probes: probes.map((probe) => [
      space(probe.from),
      probe.fromAddress,
      space(probe.to),
      probe.toAddress,
      probe.protocol,
      probe.port ?? 0,
      probe.expected,
    ]),
    seconds: { closed: options.closedSeconds ?? 0.3, open: options.openSeconds ?? 5 },
  };
  // -I: nothing from the environment or the current folder may change what runs as root.
  const prober = join(productRoot(), 'src/network/prober.py');
  const { code, stdout } = await run(['python3', '-I', prober], {
    input: JSON.stringify(job),
    accept: [0, 4],
    ...(options.signal && { signal: options.signal }),
  });
  if (code === 4) throw needsRoot();
  return JSON.parse(stdout) as { results: Result[]; lost: number };
}

/** No namespace that could be entered: only answers tell of what arrives there. */
const NOWHERE = -1;

/** A datagram to a guest that nobody answers may have arrived all the same. */
function seenFromOutside(
  { to, protocol, expected }: PlannedProbe,
  result: Result | undefined,
  guests: ReadonlySet<string>,
): Result | undefined {
  const isUnseen = guests.has(to) && protocol === 'udp' && expected && !result?.[1];
  return isUnseen ? undefined : result;
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

function needsRoot(): AnklumeError {
  return new AnklumeError({
    code: 'prove-needs-root',
    exit: ExitCode.environment,
    message: {
      en: `Proving the walls needs root: the probes are sent from inside the machines' network namespaces.`,
      fr: `Prouver l'isolation demande les droits root : les sondes partent de l'intérieur des espaces réseau des machines.`,
    },
    remedy: {
      en: `Run the same command with sudo.`,
      fr: `Relancez la même commande avec sudo.`,
    },
  });
}
