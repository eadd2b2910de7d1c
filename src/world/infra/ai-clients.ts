import type { RawInfra } from './schema.ts';
import { machinesOf } from './walk.ts';

/** The domain of the AI tools. */
export const AI_DOMAIN = 'ai-tools';

/** One way into the AI tools that a policy opens. */
export interface AiOpening {
  /** Position of the policy in the file, from 0. */
  readonly policy: number;
  /** Who is let in, as the policy names it. */
  readonly client: string;
  /** The client, or the domain that it is a machine of. */
  readonly domain: string;
  /** Whether all machines of the AI tools are opened to it. */
  readonly whole: boolean;
}

/**
 * Every way into the AI tools, in the order of the policies in use: also the way back of one that leads out of them.
 * The host reaches every machine anyway and is nobody's client.
 */
export function aiOpenings(raw: RawInfra): AiOpening[] {
  const off = switchedOff(raw);
  const machines = new Map(machinesOf(raw).map(({ name, domain }) => [name, domain]));
  // A name that is both means the machine.
  const homeOf = (end: string): string => machines.get(end) ?? end;
  const isTool = (end: string): boolean => homeOf(end) === AI_DOMAIN;
  return (raw.network_policies ?? []).flatMap(({ from = '', to = '', bidirectional }, policy) => {
    if (off.has(from) || off.has(to)) return [];
    const ways =
      bidirectional === true ? [[from, to] as const, [to, from] as const] : [[from, to] as const];
    return ways
      .filter(([client, tool]) => isTool(tool) && !isTool(client) && client !== 'host')
      .map(([client, tool]) => ({
        policy,
        client,
        domain: homeOf(client),
        whole: !machines.has(tool),
      }));
  });
}

/** Names that only domains left out hold. */
function switchedOff(raw: RawInfra): ReadonlySet<string> {
  const off = Object.entries(raw.domains ?? {}).filter(([, { enabled }]) => enabled === false);
  return new Set(off.flatMap(([name, { machines = {} }]) => [name, ...Object.keys(machines)]));
}
