import type { Text } from '../../base/messages/index.ts';
import type { FlowModel, MachineSubject } from '../model/flows.ts';
import { planForgeries6 } from './forgeries6.ts';
import { isPart, type PlannedForgery, SOME_PORT, spareAddress, triedProtocol } from './forgery.ts';
import { legForgeries } from './leg-forgeries.ts';
import { outsideForgeries } from './outside-forgeries.ts';
import type { ProbeEnd } from './probes.ts';
import type { Untested } from './proof.ts';
import { relatedForgeries } from './related-forgeries.ts';

/** Forged frames between the machines of each domain, to their gateway, through the policies of others, and from outside. */
export function planForgeries(model: FlowModel, machines: readonly ProbeEnd[]): PlannedForgery[] {
  const subjects = new Map(model.machines.map((machine) => [machine.name, machine]));
  const between = machines.flatMap((from) => {
    const subject = subjects.get(from.name);
    if (!subject?.card) return [];
    if (from.name === model.firewall?.machine) return legForgeries(model, machines);
    const others = machines.filter((one) => one !== from);
    const neighbours = others.filter(({ domain }) => domain === from.domain);
    return [
      ...neighbours.flatMap((to) => withinDomain(model, subject, to)),
      ...toGateway(model, subject, neighbours),
      ...(subject.card.pinned.address ? throughPolicies(model, subject, others) : []),
      ...others
        .filter((to) => !subject.ip6 || !subjects.get(to.name)?.ip6)
        .flatMap((to) => overIpv6(from, to)),
      ...planForgeries6(model, machines, from),
      ...relatedForgeries(model, subject, machines),
    ];
  });
  return [...between, ...outsideForgeries(model, machines)];
}

/** Machines whose declared card lets them take another's place, which is then not tried. */
export function unpinned(model: FlowModel): Untested[] {
  return model.machines.flatMap(({ name, card }) => {
    // Its legs are pinned by rules instead, which are tried.
    if (card && name === model.firewall?.machine) return [];
    if (!card) return [{ machine: name, reason: NO_CARD }];
    return card.pinned.address && card.pinned.mac ? [] : [{ machine: name, reason: NOT_PINNED }];
  });
}

/** What the firewall machine may say that no other machine may. */
export function exempt({ firewall }: FlowModel): Untested[] {
  return firewall?.machine === undefined ? [] : [{ machine: firewall.machine, reason: CARRIER }];
}

const CARRIER: Text = {
  en: 'it forwards the packets between domains: to machines of one domain it may use addresses of another, but no other address than its own',
  fr: "elle transmet les paquets entre domaines : envers les machines d'un domaine elle peut utiliser les adresses d'un autre, mais aucune autre que les siennes",
};
const NO_CARD: Text = {
  en: 'its eth0 is not declared as a NIC on the bridge of its domain: forged frames are not tried from it',
  fr: "son eth0 n'est pas déclarée comme interface sur le pont de son domaine : aucune trame contrefaite n'en est essayée",
};
const NOT_PINNED: Text = {
  en: "its eth0 is declared without the pin of its address or MAC: it may take another's",
  fr: "son eth0 est déclarée sans fixer son adresse ou sa MAC : elle peut prendre celles d'une autre",
};

const PING = { protocol: 'icmp', routed: false } as const;

function withinDomain(model: FlowModel, from: MachineSubject, to: ProbeEnd): PlannedForgery[] {
  const pinned = from.card?.pinned;
  const base = { from: from.name, to: to.name, target: to.ip, ...PING, expected: false };
  const forged = neighbourAddress(model, from, to.ip);
  return [
    { ...base, kind: 'none', expected: true },
    ...(pinned?.address
      ? ([
          { ...base, kind: 'address', forged },
          { ...base, kind: 'arp', forged: spareAddress(model, from) },
        ] as const)
      : []),
    ...(pinned?.mac ? [{ ...base, kind: 'mac' } as const] : []),
    { ...base, kind: 'dhcp' },
    { ...base, kind: 'router' },
    ...(from.ip6 && to.ip6 ? [] : [{ ...base, kind: 'ipv6' } as const]),
  ];
}

function toGateway(
  model: FlowModel,
  from: MachineSubject,
  neighbours: readonly ProbeEnd[],
): PlannedForgery[] {
  const pinned = from.card?.pinned;
  const to = `gateway:${from.domain}`;
  const base = { from: from.name, to, target: from.gateway, ...PING, expected: false };
  return [
    { ...base, kind: 'none', expected: true },
    ...(pinned?.address
      ? ([
          { ...base, kind: 'address', forged: neighbours[0]?.ip ?? spareAddress(model, from) },
          { ...base, kind: 'arp', forged: spareAddress(model, from) },
        ] as const)
      : []),
    ...(pinned?.mac
      ? ([
          { ...base, kind: 'mac' },
          { ...base, kind: 'client' },
        ] as const)
      : []),
  ];
}

/** Another machine's address, to where a policy lets that machine and not this one. */
function throughPolicies(
  model: FlowModel,
  from: MachineSubject,
  others: readonly ProbeEnd[],
): PlannedForgery[] {
  return model.flows.flatMap((flow): PlannedForgery[] => {
    const allowed = others.find(({ name, domain }) => isPart(flow.from, name, domain));
    const to = others.find(({ name, domain }) => isPart(flow.to, name, domain));
    if (flow.reason.kind !== 'policy' || !allowed || !to) return [];
    if (to.domain === from.domain || isPart(flow.from, from.name, from.domain)) return [];
    const port = flow.ports === 'all' ? SOME_PORT : flow.ports[0];
    return [
      {
        kind: 'address',
        from: from.name,
        to: to.name,
        forged: allowed.ip,
        target: to.ip,
        protocol: triedProtocol(flow),
        ...(port !== undefined && { port }),
        routed: true,
        expected: false,
      },
    ];
  });
}

/** To every global IPv6 address that a machine has got, in whatever way. */
function overIpv6(from: ProbeEnd, to: ProbeEnd): PlannedForgery[] {
  const forged = from.ipv6?.[0] ?? '2001:db8::1';
  return (to.ipv6 ?? []).map((target) => ({
    kind: 'ipv6',
    from: from.name,
    to: to.name,
    forged,
    target,
    protocol: 'icmp',
    routed: from.domain !== to.domain,
    expected: false,
  }));
}

/** Of a machine of the same domain that is neither of both, or the gateway's. */
function neighbourAddress(model: FlowModel, from: MachineSubject, target: string): string {
  const third = model.machines.find(
    ({ domain, ip }) => domain === from.domain && ip !== from.ip && ip !== target,
  );
  return third?.ip ?? from.gateway;
}
