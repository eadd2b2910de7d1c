import type { FlowModel } from '../model/flows.ts';
import type { PlannedForgery } from './forgery.ts';
import type { PlannedProbe, ProbeEnd } from './probes.ts';

/** How much a proof tries. What runs and what is loaded is always looked at as a whole. */
export interface ProofScope {
  /** `quick`: a few machines of each domain, however many it has. */
  readonly depth: 'quick' | 'full';
  /** Names of machines; only packets from and to them are tried. */
  readonly machines?: ReadonlySet<string>;
}

/** Machines of a domain that a quick proof tries, and those among them that a policy names. */
const OF_A_DOMAIN = 2;
const NAMED_OF_A_DOMAIN = 2;

/** The machines that are tried: all, or of each domain the first, and the first that policies name. */
export function triedMachines<End extends ProbeEnd>(
  model: FlowModel,
  machines: readonly End[],
  { depth, machines: limit }: ProofScope,
): End[] {
  if (depth === 'full') return [...machines];
  const named = new Set(
    model.flows.flatMap(({ from, to }) =>
      [from, to].flatMap((end) => (end.kind === 'machine' ? [end.name] : [])),
    ),
  );
  const counts = new Map<string, { first: number; named: number }>();
  return machines.filter(({ name, domain }) => {
    const count = counts.get(domain) ?? { first: 0, named: 0 };
    counts.set(domain, count);
    if (name === model.firewall?.machine || limit?.has(name)) return true;
    if (count.first < OF_A_DOMAIN) return ++count.first > 0;
    return named.has(name) && ++count.named <= NAMED_OF_A_DOMAIN;
  });
}

/** Whether a packet begins or ends at a machine that is asked for; `MACHINE:CARD` is one of its legs. */
export function isAskedFor(
  { machines }: ProofScope,
  { from, to }: Pick<PlannedProbe | PlannedForgery, 'from' | 'to'>,
): boolean {
  if (!machines) return true;
  return [from, to].some((end) => machines.has(end) || machines.has(end.split(':')[0] ?? ''));
}
