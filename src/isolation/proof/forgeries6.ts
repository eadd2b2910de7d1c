import type { FlowModel } from '../model/flows.ts';
import { isPart, type PlannedForgery, SOME_PORT, triedProtocol } from './forgery.ts';
import type { ProbeEnd } from './probes.ts';

/** A machine that has the IPv6 address of the tree. */
interface Sixth extends ProbeEnd {
  readonly ip6: string;
}

const PING = { protocol: 'icmp', family: 6, routed: false } as const;

/** What a machine with IPv6 forges in it: the same as in IPv4, to machines that have it too. */
export function planForgeries6(
  model: FlowModel,
  machines: readonly ProbeEnd[],
  from: ProbeEnd,
): PlannedForgery[] {
  const subject = model.machines.find(({ name }) => name === from.name);
  if (!has6(from) || !subject?.card) return [];
  const isPinned = subject.card.pinned.address6;
  const others = machines.filter(has6).filter(({ name }) => name !== from.name);
  const neighbours = others.filter(({ domain }) => domain === from.domain);
  const gateway = model.domains.find(({ name }) => name === from.domain)?.ipv6?.gateway;
  const spare = from.ip6.replace(/[^:]*$/, 'dead');
  return [
    ...neighbours.flatMap(({ name, ip6 }) => {
      const third = neighbours.find((one) => one.name !== name)?.ip6 ?? gateway ?? spare;
      const base = { from: from.name, to: name, target: ip6, ...PING, expected: false };
      return [...toOne(base, isPinned, third, spare), { ...base, kind: 'dhcp' } as const];
    }),
    ...(gateway === undefined
      ? []
      : toOne(
          {
            from: from.name,
            to: `gateway:${from.domain}`,
            target: gateway,
            ...PING,
            expected: false,
          },
          isPinned,
          neighbours[0]?.ip6 ?? spare,
          spare,
        )),
    ...(isPinned ? throughPolicies(model, from, others) : []),
  ];
}

export function has6(machine: ProbeEnd): machine is Sixth {
  return machine.ip6 !== undefined;
}

/** To one machine or gateway: an honest ping, another sender's address, and the claim to another address, plain and hidden. */
export function toOne(
  base: Omit<PlannedForgery, 'kind'>,
  isPinned: boolean,
  forged: string,
  spare: string,
): PlannedForgery[] {
  return [
    { ...base, kind: 'none', expected: true },
    ...(isPinned
      ? ([
          { ...base, kind: 'address', forged },
          { ...base, kind: 'neighbour', forged: spare },
          { ...base, kind: 'hidden', forged: spare },
        ] as const)
      : []),
  ];
}

/** Another machine's address, to where a policy lets that machine and not this one. */
function throughPolicies(
  model: FlowModel,
  from: Sixth,
  others: readonly Sixth[],
): PlannedForgery[] {
  return model.flows.flatMap((flow): PlannedForgery[] => {
    const allowed = others.find(({ name, domain }) => isPart(flow.from, name, domain));
    const to = others.find(({ name, domain }) => isPart(flow.to, name, domain));
    if (flow.reason.kind !== 'policy' || !allowed || !to) return [];
    if (to.domain === from.domain || isPart(flow.from, from.name, from.domain)) return [];
    const port = flow.ports === 'all' ? SOME_PORT : flow.ports[0];
    return [
      {
        ...{ kind: 'address', from: from.name, to: to.name, forged: allowed.ip6, target: to.ip6 },
        protocol: triedProtocol(flow),
        ...(port !== undefined && { port }),
        ...{ family: 6, routed: true, expected: false },
      },
    ];
  });
}
