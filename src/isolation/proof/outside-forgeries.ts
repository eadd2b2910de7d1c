import type { FlowModel } from '../model/flows.ts';
import type { PlannedForgery } from './forgery.ts';
import type { ProbeEnd } from './probes.ts';

/** Networks of documentation: nobody is there. */
const NOBODY = { 4: '192.0.2.7', 6: '2001:db8::7' } as const;

/**
 * In the name of a machine of each domain, from outside: a ping of its gateway, which the host would answer, and one
 * that has come too far, of which it would complain. It is the machine that would hear.
 */
export function outsideForgeries(
  { domains, firewall }: FlowModel,
  machines: readonly ProbeEnd[],
): PlannedForgery[] {
  return domains.flatMap(({ name, gateway, ipv6 }): PlannedForgery[] => {
    const to = machines.find((one) => one.domain === name && one.name !== firewall?.machine);
    if (!to) return [];
    const base = { kind: 'outside', from: 'lan', to: to.name, protocol: 'icmp' } as const;
    const both = (forged: string, own: string, family: 4 | 6): PlannedForgery[] =>
      [own, NOBODY[family]].map((target) => ({
        ...base,
        ...{ forged, target, routed: target !== own, expected: false },
        ...(family === 6 && { family }),
      }));
    return [
      ...both(to.ip, gateway, 4),
      ...(ipv6 && to.ip6 !== undefined ? both(to.ip6, ipv6.gateway, 6) : []),
    ];
  });
}
