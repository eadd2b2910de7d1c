import type { FlowModel, MachineSubject } from '../model/flows.ts';
import { isPart, type PlannedForgery } from './forgery.ts';
import type { ProbeEnd } from './probes.ts';

/**
 * Errors about conversations of others: to one machine of each other domain, about its ping to its gateway, and
 * to that gateway, about the answer. Honest frames have opened both.
 */
export function relatedForgeries(
  model: FlowModel,
  from: MachineSubject,
  machines: readonly ProbeEnd[],
): PlannedForgery[] {
  const base = { kind: 'related', from: from.name, protocol: 'icmp' } as const;
  return model.domains.flatMap(({ name, gateway, ipv6 }): PlannedForgery[] => {
    if (name === from.domain) return [];
    // What a policy lets through needs no error to get there.
    const to = machines.find(
      (one) =>
        one.domain === name && one.name !== model.firewall?.machine && !isOpen(model, from, one),
    );
    if (!to) return [];
    const pair = (target: string, other: string, family?: 6): PlannedForgery[] => {
      const way = { ...base, ...(family && { family }), expected: false };
      return [
        { ...way, to: to.name, target, forged: other, routed: true },
        { ...way, to: `gateway:${name}`, target: other, forged: target, routed: true },
      ];
    };
    const has6 = from.ip6 !== undefined && to.ip6 !== undefined && ipv6 !== undefined;
    return [...pair(to.ip, gateway), ...(has6 ? pair(to.ip6, ipv6.gateway, 6) : [])];
  });
}

/** Whether policies of any kind lead from one to the other or back: the error may then be about their own. */
function isOpen({ flows }: FlowModel, from: MachineSubject, to: ProbeEnd): boolean {
  return flows.some(({ from: one, to: other }) => {
    const leads = isPart(one, from.name, from.domain) && isPart(other, to.name, to.domain);
    return leads || (isPart(one, to.name, to.domain) && isPart(other, from.name, from.domain));
  });
}
