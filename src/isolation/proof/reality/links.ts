import { printable } from '../../../base/system/index.ts';
import { DISPOSABLE_PORT } from '../../../world/tree/index.ts';
import type { FlowModel } from '../../model/flows.ts';
import { elsewhereFindings } from './elsewhere.ts';
import { type ProofFinding, typed } from './finding.ts';
import type { KernelFilter, KernelLink, KernelView } from './kernel.ts';
import type { LinkOwners } from './link-owners.ts';

/** Everything at the interfaces of the host that packets of ours meet and that is neither ours nor Incus's. */
export function linkFindings(
  model: FlowModel,
  view: KernelView,
  owners: LinkOwners,
): ProofFinding[] {
  const names = new Map(view.links.map(({ index, name }) => [index, name]));
  const bridges = new Map(
    view.links.flatMap((link) =>
      model.domains.some(({ bridge }) => bridge === link.name) ? [[link.index, link.name]] : [],
    ),
  );
  const members = memberPorts(model);
  const isOurs = (link: KernelLink) =>
    bridges.has(link.index) || bridges.has(link.master ?? 0) || members.has(link.name);
  const near = new Map(view.links.filter(isOurs).map((link) => [link.index, link]));
  return [
    ...view.links.flatMap((link) => portFinding(link, bridges, owners)),
    ...view.links.flatMap((link) => stackedFinding(link, near)),
    ...[...view.inside].flatMap(([machine, links]) =>
      links.flatMap((link) => {
        const port = link.leads === 'host' ? (names.get(link.link ?? 0) ?? '') : undefined;
        const owner = port === undefined ? undefined : members.get(port);
        // The end of a neighbour's NIC is none of its own.
        const isOwn = owner === machine || (!owner && owners.instances.has(port ?? ''));
        const isTold = owners.told?.get(machine)?.has(link.name);
        return isOwn || isTold ? [] : [insideFinding(machine, link.name, link.leads, port)];
      }),
    ),
    ...view.elsewhere.flatMap((one) => elsewhereFindings(one, near, owners)),
    ...view.links.flatMap((link) => (link.xdp === undefined ? [] : [xdpFinding(link)])),
    ...view.programs.map(({ link, way, program }) =>
      tcxFinding(names.get(link) ?? String(link), way, program),
    ),
    ...view.filters.flatMap((filter) => {
      const name = names.get(filter.link) ?? String(filter.link);
      return isHarmless(filter, near.has(filter.link), owners.limited.has(name))
        ? []
        : [filterFinding(filter, name)];
    }),
  ];
}

/** Names on the host of the NICs that the rules know, with the machine of each. */
function memberPorts({ machines, firewall }: FlowModel): ReadonlyMap<string, string> {
  return new Map([
    ...machines.flatMap(({ name, card }): [string, string][] => (card ? [[card.port, name]] : [])),
    ...(firewall?.ports.map(({ port }): [string, string] => [port, firewall.machine ?? '']) ?? []),
  ]);
}

/**
 * A port of one of our bridges that is the NIC of no machine that runs and has it there: a name alone says nothing. Those
 * of machines are judged with the machines.
 */
function portFinding(
  { name, master = 0, kind }: KernelLink,
  bridges: ReadonlyMap<number, string>,
  { instances }: LinkOwners,
): ProofFinding[] {
  const bridge = bridges.get(master);
  if (bridge === undefined || instances.get(name)?.bridge === bridge) return [];
  // What Incus adds to hold the size of packets.
  if (kind === 'dummy' && name === `${bridge}-mtu`) return [];
  const [port, on] = [printable(name), printable(bridge)];
  const left = name.startsWith(DISPOSABLE_PORT);
  return [
    {
      code: 'unknown-port',
      place: bridge,
      text: {
        en: `${port} is a port of ${on}, but ${left ? 'its machine no longer exists' : 'not the NIC of any machine'}`,
        fr: `${port} est un port de ${on}, mais ${left ? "sa machine n'existe plus" : "n'est l'interface d'aucune machine"}`,
      },
      remedy: typed(`ip link set ${port} nomaster`),
    },
  ];
}

/** An interface that stands on one of ours: it sees its packets, and sends as it. */
function stackedFinding(
  { name, kind, link, space }: KernelLink,
  near: ReadonlyMap<number, KernelLink>,
): ProofFinding[] {
  const below = space === undefined ? near.get(link ?? 0) : undefined;
  if (!below || kind === 'veth') return [];
  const [top, on] = [printable(name), printable(below.name)];
  return [
    {
      code: 'unknown-interface',
      place: below.name,
      text: {
        en: `the interface ${top} (${printable(kind ?? '?')}) is on top of ${on}`,
        fr: `l'interface ${top} (${printable(kind ?? '?')}) repose sur ${on}`,
      },
      remedy: typed(`ip link delete ${top}`),
    },
  ];
}

function insideFinding(
  machine: string,
  link: string,
  leads: string,
  port: string | undefined,
): ProofFinding {
  const [name, inside] = [printable(machine), printable(link)];
  const to =
    port !== undefined
      ? { en: `${printable(port)} on the host`, fr: `${printable(port)} sur l'hôte` }
      : leads === 'outside'
        ? { en: 'hardware of the host', fr: "du matériel de l'hôte" }
        : { en: printable(leads), fr: printable(leads) };
  return {
    code: 'unknown-interface',
    place: machine,
    text: {
      en: `${name} has an interface ${inside} that Incus does not know; it leads to ${to.en}`,
      fr: `${name} a une interface ${inside} qu'Incus ne connaît pas ; elle mène à ${to.fr}`,
    },
    remedy: {
      en: `Restart the machine ('anklume instance restart ${name}'): it then has only the NICs that Incus knows.`,
      fr: `Redémarrez la machine (« anklume instance restart ${name} ») : elle n'a alors que les interfaces qu'Incus connaît.`,
    },
  };
}

function xdpFinding({ name, xdp }: KernelLink): ProofFinding {
  const shown = printable(name);
  return {
    code: 'xdp-program',
    place: name,
    text: {
      en: `an XDP program (number ${xdp}) decides on ${shown} before any rule does`,
      fr: `un programme XDP (numéro ${xdp}) décide sur ${shown} avant toute règle`,
    },
    remedy: typed(`ip link set dev ${shown} xdp off`),
  };
}

function tcxFinding(link: string, way: string, program: number): ProofFinding {
  const shown = printable(link);
  return {
    code: 'tcx-program',
    place: link,
    text: {
      en: `a program (tcx ${way}, number ${program}) decides on ${shown} before the isolation rules do`,
      fr: `un programme (tcx ${way}, numéro ${program}) décide sur ${shown} avant les règles d'isolation`,
    },
    remedy: {
      en: `Stop the program that attached it ('bpftool prog show id ${program}' names it), or detach it: bpftool net detach tcx_${way} dev ${shown}`,
      fr: `Arrêtez le programme qui l'a attaché (« bpftool prog show id ${program} » le nomme), ou détachez-le : bpftool net detach tcx_${way} dev ${shown}`,
    },
  };
}

/** What only sorts packets into queues; on our own interfaces what polices their rate, where Incus was told to. */
function isHarmless({ kind, actions }: KernelFilter, isOurs: boolean, isLimited: boolean): boolean {
  if (kind === 'bpf' || !actions.every((action) => action.kind === 'police')) return false;
  return actions.length === 0 || !isOurs || isLimited;
}

function filterFinding({ way, kind, actions }: KernelFilter, link: string): ProofFinding {
  const shown = printable(link);
  const words = actions.map((action) =>
    printable(action.to === undefined ? action.kind : `${action.kind} ${action.to}`),
  );
  const does = [printable(kind), ...words].join(', ');
  return {
    code: 'tc-filter',
    place: link,
    text: {
      en: `a tc filter decides on ${shown} (${way}: ${does}) past the isolation rules`,
      fr: `un filtre tc décide sur ${shown} (${way} : ${does}) hors des règles d'isolation`,
    },
    remedy: typed(
      way === 'queue' ? `tc filter del dev ${shown}` : `tc filter del dev ${shown} ${way}`,
    ),
  };
}
