import type { DomainSubject, FlowModel } from '../model/flows.ts';
import { isPart, type PlannedForgery, SOME_PORT, spareAddress, triedProtocol } from './forgery.ts';
import { legForgeries6 } from './leg-forgeries6.ts';
import type { ProbeEnd } from './probes.ts';
import { legsOf, type SendingLeg } from './sending-legs.ts';

/**
 * What the firewall machine forges, from each leg. The one thing that its pins leave open, and that is not tried as a
 * forgery: towards the machines of a domain a leg names addresses of other domains, for it carries their packets.
 */
export function legForgeries(model: FlowModel, machines: readonly ProbeEnd[]): PlannedForgery[] {
  return legsOf(model).flatMap((leg) => {
    const domain = model.domains.find(({ name }) => name === leg.port.domain);
    if (!domain) return [];
    const others = machines.filter(({ name }) => name !== model.firewall?.machine);
    const neighbours = others.filter((one) => one.domain === domain.name);
    const strangers = others.filter((one) => one.domain !== domain.name);
    return [
      ...neighbours.flatMap((to) => towards(model, leg, domain, to, neighbours)),
      ...toHost(model, leg, domain, [...neighbours.slice(0, 1), ...strangers.slice(0, 1)]),
      ...throughPolicies(model, leg, others),
      ...legForgeries6(model, leg, others),
    ];
  });
}

const PING = { protocol: 'icmp', routed: false, expected: false } as const;

/** Somebody on the internet, by RFC 5737 nobody. */
const OUTSIDER = '192.0.2.1';

/** Towards a machine of the leg's domain: in the name of everyone that the leg never carries anything for. */
function towards(
  model: FlowModel,
  leg: SendingLeg,
  domain: DomainSubject,
  to: ProbeEnd,
  neighbours: readonly ProbeEnd[],
): PlannedForgery[] {
  const base = { from: leg.name, to: to.name, target: to.ip, ...PING };
  const neighbour = neighbours.find((one) => one !== to)?.ip ?? spareAddress(model, domain);
  const otherGateway = model.domains.find((one) => one !== domain)?.gateway;
  const otherLeg = model.firewall?.ports.find(({ bridge }) => bridge !== domain.bridge)?.address;
  const names = [neighbour, domain.gateway, otherGateway, otherLeg, OUTSIDER];
  return [
    { ...base, kind: 'none', expected: true },
    ...names.flatMap((forged) =>
      forged === undefined ? [] : [{ ...base, kind: 'address', forged } as const],
    ),
    { ...base, kind: 'arp', forged: spareAddress(model, domain) },
    { ...base, kind: 'mac' },
    { ...base, kind: 'dhcp' },
    { ...base, kind: 'router' },
    ...(leg.port.ipv6 ? [] : [{ ...base, kind: 'ipv6' } as const]),
  ];
}

/** Towards the host a leg speaks for itself alone. */
function toHost(
  model: FlowModel,
  leg: SendingLeg,
  domain: DomainSubject,
  others: readonly ProbeEnd[],
): PlannedForgery[] {
  const base = {
    from: leg.name,
    to: `gateway:${domain.name}`,
    target: domain.gateway,
    ...PING,
  };
  return [
    { ...base, kind: 'none', expected: true },
    ...others.map(({ ip }) => ({ ...base, kind: 'address', forged: ip }) as const),
    { ...base, kind: 'arp', forged: spareAddress(model, domain) },
    { ...base, kind: 'mac' },
    { ...base, kind: 'client' },
  ];
}

/** Through the host, to where a policy lets a machine of the leg's domain, in that machine's name. */
function throughPolicies(
  model: FlowModel,
  leg: SendingLeg,
  machines: readonly ProbeEnd[],
): PlannedForgery[] {
  return model.flows.flatMap((flow): PlannedForgery[] => {
    if (flow.reason.kind !== 'policy') return [];
    const protocol = triedProtocol(flow);
    const allowed = machines.find(
      ({ name, domain }) => domain === leg.port.domain && isPart(flow.from, name, domain),
    );
    const to = machines.find(({ name, domain }) => isPart(flow.to, name, domain));
    if (!allowed || !to || to.domain === leg.port.domain) return [];
    const port = flow.ports === 'all' ? SOME_PORT : flow.ports[0];
    return (['ip', 'ip6'] as const).flatMap((family): PlannedForgery[] => {
      const [forged, target] = [allowed[family], to[family]];
      if (forged === undefined || target === undefined) return [];
      return [
        {
          kind: 'address',
          from: leg.name,
          to: to.name,
          forged,
          target,
          protocol,
          ...(port !== undefined && protocol !== 'icmp' && { port }),
          ...(family === 'ip6' && ({ family: 6 } as const)),
          routed: true,
          expected: false,
        },
      ];
    });
  });
}
