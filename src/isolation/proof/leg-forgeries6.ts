import type { FlowModel } from '../model/flows.ts';
import { has6, toOne } from './forgeries6.ts';
import type { PlannedForgery } from './forgery.ts';
import type { ProbeEnd } from './probes.ts';
import type { SendingLeg } from './sending-legs.ts';

const PING = { protocol: 'icmp', family: 6, routed: false, expected: false } as const;

/** Somebody on the internet, by RFC 3849 nobody. */
const OUTSIDER = '2001:db8::1';

/** What a leg forges over IPv6: the same as over IPv4, towards machines that have it too. */
export function legForgeries6(
  model: FlowModel,
  { name: from, port }: SendingLeg,
  others: readonly ProbeEnd[],
): PlannedForgery[] {
  const own = port.ipv6;
  const domain = model.domains.find(({ name }) => name === port.domain);
  if (!own || !domain?.ipv6) return [];
  const gateway = domain.ipv6.gateway;
  const sixth = others.filter(has6);
  const neighbours = sixth.filter((one) => one.domain === domain.name);
  const strangers = sixth.filter((one) => one.domain !== domain.name);
  const spare = own.address.replace(/[^:]*$/, 'dead');
  const addressed = (base: Omit<PlannedForgery, 'kind'>, names: readonly (string | undefined)[]) =>
    names.flatMap((forged) =>
      forged === undefined ? [] : [{ ...base, kind: 'address', forged } as const],
    );
  const otherGateway = model.domains.find((one) => one !== domain && one.ipv6)?.ipv6?.gateway;
  const otherLeg = model.firewall?.ports.find((one) => one.bridge !== port.bridge && one.ipv6);
  const host = { from, to: `gateway:${domain.name}`, target: gateway, ...PING };
  return [
    ...neighbours.flatMap((to) => {
      const base = { from, to: to.name, target: to.ip6, ...PING };
      const neighbour = neighbours.find((one) => one !== to)?.ip6 ?? spare;
      const names = [gateway, otherGateway, otherLeg?.ipv6?.address, OUTSIDER];
      return [
        ...toOne(base, true, neighbour, spare),
        ...addressed(base, names),
        { ...base, kind: 'dhcp' } as const,
      ];
    }),
    ...toOne(host, true, neighbours[0]?.ip6 ?? spare, spare),
    ...addressed(host, [strangers[0]?.ip6]),
  ];
}
