import type { Network } from '../../incus/index.ts';
import type { DesiredDomain } from '../../world/tree/index.ts';
import { overlap } from '../addresses.ts';
import { converge, decide, type Refusal, type Rules, recreate, refuse } from '../decide.ts';
import { MARK, recordKeys } from '../marks.ts';
import { holderOf } from '../ownership.ts';
import type { PlanEntry } from '../plan.ts';
import type { Spec } from '../spec.ts';
import { dnsmasqConfig } from './dnsmasq.ts';

export function networkId(name: string): string {
  return `network:${name}`;
}

/** One bridge per domain, in Incus's default project, with its gateway address and DHCP for static leases. */
export function networkSpec(domain: DesiredDomain, projectName: string): Spec {
  const prefix = domain.network.subnet.split('/')[1] ?? '24';
  const config = {
    'ipv4.address': `${domain.network.gateway}/${prefix}`,
    'ipv4.dhcp': 'true',
    'ipv4.nat': 'true',
    ...ipv6Config(domain),
    'raw.dnsmasq': dnsmasqConfig(domain),
  };
  return {
    id: networkId(domain.network.name),
    kind: 'network',
    name: domain.network.name,
    domain: domain.name,
    needs: [],
    wanted: {
      description: domain.description,
      config: {
        ...config,
        [MARK.project]: projectName,
        [MARK.domain]: domain.name,
        [MARK.keys]: recordKeys(config),
      },
    },
  };
}

/** Off, or with addresses that only DHCP gives out: each card of ours has its own, and none is made up inside. */
function ipv6Config({ network: { ipv6 } }: DesiredDomain): Readonly<Record<string, string>> {
  if (!ipv6) return { 'ipv6.address': 'none' };
  return {
    'ipv6.address': `${ipv6.gateway}/64`,
    'ipv6.dhcp': 'true',
    'ipv6.dhcp.stateful': 'true',
    'ipv6.nat': 'true',
  };
}

/** Keys that only stand on a network between the two phases of its creation. */
export const FIRST_PHASE = { 'ipv4.dhcp': 'false', 'dns.mode': 'none', [MARK.pending]: 'create' };

export function networkEntry(
  spec: Spec,
  networks: readonly Network[],
  rules: Rules,
): PlanEntry | undefined {
  const live = networks.find((network) => network.name === spec.name);
  const refusal = networkRefusal(spec, live);
  if (refusal) return refuse(spec, refusal);
  if (!live || holderOf(live, rules.projectName) !== 'ours') return decide(spec, live, rules);
  if (live.status !== 'Created') return repair(spec, live);
  return live.config[MARK.pending] === undefined ? converge(spec, live) : finish(spec, live);
}

function networkRefusal(spec: Spec, live: Network | undefined): Refusal | undefined {
  if (!/^[-_.a-zA-Z0-9]{2,15}$/.test(spec.name))
    return {
      code: 'invalid-name',
      reason: {
        en: `'${spec.name}' cannot be the name of a bridge: 2 to 15 letters, digits, '-', '_' or '.'.`,
        fr: `« ${spec.name} » ne peut pas nommer un pont : 2 à 15 lettres, chiffres, « - », « _ » ou « . ».`,
      },
    };
  if (live && !(live.managed && live.type === 'bridge'))
    return {
      code: 'not-managed',
      reason: {
        en: `The host has an interface '${spec.name}' that is not a bridge managed by Incus.`,
        fr: `L'hôte possède une interface « ${spec.name} » qui n'est pas un pont géré par Incus.`,
      },
      remedy: {
        en: `Remove or rename that interface on the host, or give the domain another name.`,
        fr: `Supprimez ou renommez cette interface sur l'hôte, ou donnez un autre nom au domaine.`,
      },
    };
  return undefined;
}

/** The other bridge that already serves an address of this network. */
export function collidingNetwork(spec: Spec, networks: readonly Network[]): Network | undefined {
  return networks.find(
    (network) =>
      network.managed &&
      network.name !== spec.name &&
      overlap(network.config['ipv4.address'], spec.wanted.config['ipv4.address']),
  );
}

export function subnetTaken(spec: Spec, other: string): Refusal {
  const subnet = spec.wanted.config['ipv4.address'] ?? '';
  return {
    code: 'subnet-taken',
    reason: {
      en: `The bridge '${other}' already serves addresses of ${subnet}.`,
      fr: `Le pont « ${other} » dessert déjà des adresses de ${subnet}.`,
    },
    remedy: {
      en: `Give the domain another subnet_id, or remove '${other}' (with --prune when it is a leftover of this infrastructure).`,
      fr: `Donnez un autre subnet_id au domaine, ou supprimez « ${other} » (avec --prune si c'est un reste de cette infrastructure).`,
    },
  };
}

/** A run was interrupted between the two phases: the bridge is there, its services are not yet. */
function finish(spec: Spec, live: Network): PlanEntry {
  const planned = converge(spec, live);
  const left = { [MARK.pending]: null, 'dns.mode': null };
  const changes = [{ key: 'config.dns.mode', from: live.config['dns.mode'] ?? '' }];
  const reason = {
    en: 'its creation was interrupted and is finished now',
    fr: 'sa création a été interrompue et se termine maintenant',
  };
  if (planned?.action === 'update')
    return {
      ...planned,
      reason,
      changes: [...planned.changes, ...changes],
      body: { ...planned.body, config: { ...planned.body.config, ...left } },
    };
  const { id, kind, name, needs } = spec;
  const domain = spec.domain === undefined ? {} : { domain: spec.domain };
  return {
    action: 'update',
    id,
    kind,
    name,
    needs,
    ...domain,
    reason,
    changes,
    body: { config: left },
  };
}

/** The daemon was killed while it made the bridge, or could not start it. Only an unused one can be made again. */
function repair(spec: Spec, live: Network): PlanEntry {
  if (live.used_by.some((user) => !user.startsWith('/1.0/profiles/')))
    return refuse(spec, {
      code: 'network-half-made',
      reason: {
        en: `The bridge '${spec.name}' is ${live.status} on the daemon, and machines use it.`,
        fr: `Le pont « ${spec.name} » est « ${live.status} » pour le démon, et des machines l'utilisent.`,
      },
      remedy: {
        en: `On the host, end the orphan dnsmasq (pgrep -f 'dnsmasq.*--interface=${spec.name}'); the daemon brings the bridge up within a minute. Then apply again.`,
        fr: `Sur l'hôte, arrêtez le dnsmasq orphelin (pgrep -f 'dnsmasq.*--interface=${spec.name}') ; le démon relève le pont en moins d'une minute. Relancez ensuite apply.`,
      },
    });
  return recreate(spec, {
    en: `was left ${live.status} by an interrupted run`,
    fr: `a été laissé « ${live.status} » par une exécution interrompue`,
  });
}

/** What only the host's administrator can do: the API cannot end a dnsmasq that lost its daemon. */
export function byHand(name: string): { en: string; fr: string } {
  return {
    en: `On the host, end the orphan dnsmasq (pgrep -f 'dnsmasq.*--interface=${name}'), delete the interface (ip link delete ${name}), then the network (anklume incus -- network delete ${name}), and apply again.`,
    fr: `Sur l'hôte, arrêtez le dnsmasq orphelin (pgrep -f 'dnsmasq.*--interface=${name}'), supprimez l'interface (ip link delete ${name}), puis le réseau (anklume incus -- network delete ${name}), et relancez apply.`,
  };
}
