import type { Host } from '../../base/system/index.ts';
import type { Desired } from '../../world/tree/index.ts';
import { ruleDeviations } from '../load/deviations.ts';
import { allowedFlows, type FlowModel } from '../model/flows.ts';
import type { Around } from '../rules/arrange.ts';
import { decide } from '../rules/decide.ts';
import { renderRuleset } from '../rules/ruleset.ts';
import { forge } from './forge.ts';
import { exempt, unpinned } from './forgeries.ts';
import { forgeryMismatch } from './forgery-words.ts';
import type { Guest, Result } from './guest.ts';
import type { GuestExec } from './guests.ts';
import { measure } from './measure.ts';
import { type Outside, type PlannedProbe, type ProbeMachine, planProbes } from './probes.ts';
import type {
  Deviation,
  Measured,
  Mismatch,
  Proof,
  ProofAbout,
  ProofCell,
  Untested,
} from './proof.ts';
import { isAskedFor, type ProofScope, triedMachines } from './proof-scope.ts';
import { type Findings, NOTHING_FOUND, together } from './reality/finding.ts';
import { strayFindings } from './reality/strays.ts';

export interface ProveOptions {
  /** Machines that cannot be entered, to be told in the proof. */
  readonly untested?: readonly Untested[];
  /** Machines that have not taken the IPv6 address that the tree gives them. */
  readonly without6?: readonly Untested[];
  /** What is already known not to be as the tree asks for. */
  readonly deviations?: readonly Deviation[];
  /** What was found besides packets. */
  readonly reality?: Findings;
  /** Whose the ends of NICs on the host are, by their names: for what is seen there. */
  readonly owners?: ReadonlyMap<string, string>;
  /** False: nothing is put at the host's ends of NICs. */
  readonly inject?: boolean;
  /** Machines that run and could not be tested do not count against the proof. */
  readonly allowUntested?: boolean;
  readonly outside?: Outside;
  /** How much is tried; everything, by default. */
  readonly scope?: ProofScope;
  /** When, where and of what it is a proof. */
  readonly about?: ProofAbout;
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
  const scope = options.scope ?? { depth: 'full' };
  const everyone = triedMachines(model, [...machines, ...(options.guests ?? [])], scope);
  const probes = planProbes(model, everyone, options.outside).filter((probe) =>
    isAskedFor(scope, probe),
  );
  const entered = machines.filter((one) => everyone.includes(one));
  const guests = (options.guests ?? []).filter((one) => everyone.includes(one));
  const { closedSeconds = 0.3, openSeconds = 5 } = options;
  const ends = { machines: entered, guests, host, outside: options.outside };
  const bounded = options.signal ? { signal: options.signal } : {};
  const measured = await measure(model, probes, ends, {
    seconds: { closed: closedSeconds, open: openSeconds },
    ...(options.inject !== undefined && { inject: options.inject }),
    ...(options.exec && { exec: options.exec }),
    without6: new Set(options.without6?.map(({ machine }) => machine)),
    ...bounded,
  });
  const { results, lost } = measured;
  const cells = probes.map((probe) => cellOf(probe, results.get(probe)));
  const forged = await forge(
    model,
    { machines: entered, guests, host },
    {
      seconds: closedSeconds,
      scope,
      ...(options.inject !== undefined && { inject: options.inject }),
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
  const tried = [...cells, ...forgeries];
  const count = (verdict: ProofCell['verdict']) =>
    tried.filter((cell) => cell.verdict === verdict).length;
  const mismatches = [
    ...cells.filter(isMismatch).map((cell) => mismatchOf(model, cell)),
    ...forgeries.filter(isMismatch).map(forgeryMismatch),
  ];
  const passed = tried.filter(({ verdict }) => verdict === 'ok');
  const open = passed.filter(({ expected }) => expected === 'open').length;
  const {
    findings,
    notes,
    untested: unread = [],
  } = together(options.reality ?? NOTHING_FOUND, {
    findings: strayFindings(measured.strays, options.owners ?? new Map()),
    notes: [],
  });
  const known = new Set(options.untested?.map(({ machine }) => machine));
  const untested = [
    ...(options.untested ?? []),
    ...(options.without6 ?? []).map((one) => ({
      ...one,
      ...(measured.injects && { excused: true as const }),
    })),
    ...[...measured.untested, ...forged.untested, ...unread].filter(
      ({ machine }) => !known.has(machine),
    ),
  ];
  const isTested = options.allowUntested || untested.every(({ excused }) => excused);
  const wrong = mismatches.length + deviations.length + findings.length + lost;
  return {
    holds: wrong === 0 && passed.length > 0 && isTested,
    ...(options.about && { about: options.about }),
    depth: scope.depth,
    ...(scope.machines && { limit: [...scope.machines] }),
    machines: everyone.map(({ name, domain, ip }) => ({ name, domain, ip })),
    running: machines.length + (options.guests?.length ?? 0),
    cells,
    forgeries,
    deviations,
    findings,
    notes,
    counts: {
      probes: tried.length,
      ok: passed.length,
      open,
      closed: passed.length - open,
      mismatches: mismatches.length,
      untested: count('untested'),
    },
    mismatches,
    untested,
    exempt: [...exempt(model), ...unpinned(model)],
    lost,
    seconds: (performance.now() - started) / 1000,
  };
}

function isMismatch({ verdict }: { readonly verdict: ProofCell['verdict'] }): boolean {
  return verdict === 'mismatch';
}

function cellOf(probe: PlannedProbe, result: Result | undefined): ProofCell {
  const isBeyond = probe.from === 'host' || probe.from === 'internet';
  const measured = measuredOf(result, isBeyond);
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
function measuredOf(result: Result | undefined, isBeyond: boolean): Measured {
  if (!result) return 'unsent';
  const [arrived, answered, error, left, injected] = result;
  if (answered) return 'open';
  if (arrived) return 'one-way';
  // What comes from the host or from outside crosses no NIC at which it could be seen to leave.
  return left || injected || (isBeyond && error === null) ? 'closed' : 'unsent';
}

function mismatchOf(model: FlowModel, cell: ProofCell): Mismatch {
  const { decision } = decide(model, cell);
  const packet = `${cell.from} -> ${cell.to} ${cell.protocol}${cell.port === undefined ? '' : `/${cell.port}`}${cell.family ? ' (IPv6)' : ''}`;
  const { en, fr } = decision.text;
  const found = FOUND[cell.measured];
  return {
    ...cell,
    ...(decision.policy !== undefined && { policy: decision.policy }),
    code: decision.code,
    text: {
      en: `${packet} ${found.en}, but ${en} [${decision.code}].`,
      fr: `${packet} ${found.fr}, alors que ${fr} [${decision.code}].`,
    },
  };
}

const FOUND: Readonly<Record<Measured, { en: string; fr: string }>> = {
  open: { en: 'gets through', fr: 'passe' },
  'one-way': {
    en: 'arrives without an answer coming back',
    fr: "arrive sans qu'une réponse revienne",
  },
  closed: { en: 'does not get through', fr: 'ne passe pas' },
  unsent: { en: 'could not be sent', fr: "n'a pas pu être envoyé" },
};
