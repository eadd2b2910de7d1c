import type { Text } from '../../base/messages/index.ts';
import { type Config, type Devices, isNic, isOn, type NicKind, nicTarget } from '../infra/index.ts';
import type { Desired, DesiredDomain, DesiredMachine } from './desired.ts';
import { networkCard } from './network-card.ts';

/** The part of what a daemon holds that NICs are judged by. */
export interface NicHolder {
  readonly name: string;
  readonly project: string;
  readonly config: Config;
  /** With those that its profiles give it. */
  readonly expanded_devices: Devices;
}

export interface NicNetwork {
  readonly name: string;
  readonly type: string;
  readonly managed: boolean;
  readonly config: Config;
}

/** A NIC of a running or stopped machine that the isolation rules of its domain do not cover. Plain JSON. */
export interface ForeignNic {
  readonly project: string;
  readonly instance: string;
  /** Domain whose project the machine is in; absent for a stranger on one of our bridges. */
  readonly domain?: string;
  readonly device: string;
  /** `unpinned`: on its own bridge, without the address, MAC and filters that anklume gives. */
  readonly kind: Exclude<NicKind, 'own'> | 'unpinned';
  /** Network, bridge, or type of the NIC. */
  readonly target: string;
  /** It is declared, and the machine's key `allow` names it. */
  readonly allowed: boolean;
  readonly reason: Text;
}

/** What joins a bridge of ours to something outside of it. Plain JSON. */
export interface ForeignLink {
  readonly network: string;
  readonly domain: string;
  readonly kind: 'external-interface' | 'tunnel';
  readonly target: string;
  readonly reason: Text;
}

/** The mark of any infrastructure of anklume on a network. */
const DOMAIN_MARK = 'user.anklume.domain';

/** Every NIC, however it came: declared, by a profile, or plugged by hand. */
export function foreignNics(
  desired: Desired,
  instances: readonly NicHolder[],
  networks: readonly NicNetwork[],
): ForeignNic[] {
  const domains = new Map(desired.domains.map((domain) => [domain.project, domain]));
  const ours = new Set(desired.domains.map(({ network }) => network.name));
  const around = {
    bridges: new Set([
      ...ours,
      ...networks.filter(({ config }) => config[DOMAIN_MARK]).map(({ name }) => name),
    ]),
    networks: new Map(networks.filter(({ managed }) => managed).map((n) => [n.name, n.type])),
  };
  return instances.flatMap((instance) => {
    const domain = domains.get(instance.project);
    const own = domain?.network.name ?? '';
    const machine = domain && machineOf(domain, instance);
    const declared = domain && machine ? declaredDevices(domain, machine) : {};
    return Object.entries(instance.expanded_devices).flatMap(([device, nic]): ForeignNic[] => {
      if (!isNic(nic)) return [];
      const { kind, name, word } = nicTarget(nic, { own, ...around });
      // A machine that is not ours is our business where it stands on a bridge of ours.
      if (!domain && !ours.has(name)) return [];
      if (kind === 'own' && domain && isPinned(domain, instance, device, nic)) return [];
      const found = kind === 'own' ? 'unpinned' : kind;
      const permission = found === 'unpinned' ? 'nic:unpinned' : word;
      return [
        {
          project: instance.project,
          instance: instance.name,
          ...(domain && { domain: domain.name }),
          device,
          kind: found,
          target: name,
          allowed:
            isAsDeclared(nic, declared[device]) && (machine?.allow?.includes(permission) ?? false),
          reason: reasonOf(found, device, name),
        },
      ];
    });
  });
}

/** Interfaces of the host and tunnels that stand on a bridge of a domain. */
export function foreignLinks(desired: Desired, networks: readonly NicNetwork[]): ForeignLink[] {
  const domains = new Map(desired.domains.map((one) => [one.network.name, one.name]));
  return networks.flatMap(({ name, config }) => {
    const domain = domains.get(name);
    if (domain === undefined) return [];
    const external = (config['bridge.external_interfaces'] ?? '')
      .split(',')
      .map((one) => one.trim());
    const tunnels = Object.keys(config).flatMap(
      (key) => /^tunnel\.(.+)\.protocol$/.exec(key)?.[1] ?? [],
    );
    const link = (kind: ForeignLink['kind'], target: string): ForeignLink => ({
      network: name,
      domain,
      kind,
      target,
      reason: linkReason(kind, name, target),
    });
    return [
      ...external.filter((one) => one !== '').map((one) => link('external-interface', one)),
      ...tunnels.map((one) => link('tunnel', one)),
    ];
  });
}

function machineOf(domain: DesiredDomain, { name }: NicHolder) {
  return domain.machines.find((machine) => machine.instance === name);
}

/** What the machine and its profiles declare, the last word counting. */
function declaredDevices({ profiles }: DesiredDomain, machine: DesiredMachine): Devices {
  const layers = machine.profiles.map(
    (name) => profiles.find((profile) => profile.name === name)?.devices,
  );
  return Object.assign({}, ...layers, machine.devices) as Devices;
}

/** What somebody plugged in by hand is nobody's declaration, wherever it leads. */
function isAsDeclared(nic: Config, declared: Config | undefined): boolean {
  return (
    declared !== undefined &&
    ['type', 'network', 'nictype', 'parent'].every((key) => nic[key] === declared[key])
  );
}

const FILTERS = ['security.mac_filtering', 'security.ipv4_filtering', 'security.ipv6_filtering'];
const PINS = ['ipv4.address', 'ipv6.address', 'hwaddr', 'host_name'];

/** The first NIC of a declared machine as anklume makes it, or one of a machine that comes and goes with all its pins. */
function isPinned(domain: DesiredDomain, holder: NicHolder, device: string, nic: Config): boolean {
  if (nic.network !== domain.network.name || !FILTERS.every((key) => isOn(nic[key]))) return false;
  const machine = machineOf(domain, holder);
  if (!machine) return [nic['ipv4.address'], nic.hwaddr, nic.host_name].every(Boolean);
  const wanted = device === 'eth0' ? networkCard(domain, machine) : undefined;
  return wanted !== undefined && PINS.every((key) => (wanted[key] ?? '') === (nic[key] ?? ''));
}

function reasonOf(kind: ForeignNic['kind'], device: string, target: string): Text {
  switch (kind) {
    case 'other-domain':
      return {
        en: `its NIC '${device}' stands on '${target}', the bridge of another domain`,
        fr: `son interface « ${device} » est sur « ${target} », le pont d'un autre domaine`,
      };
    case 'other-network':
    case 'host-bridge':
      return {
        en: `its NIC '${device}' stands on '${target}', which belongs to no domain`,
        fr: `son interface « ${device} » est sur « ${target} », qui n'appartient à aucun domaine`,
      };
    case 'direct':
      return {
        en: `its NIC '${device}' (${target}) goes past every bridge and every isolation rule`,
        fr: `son interface « ${device} » (${target}) contourne tous les ponts et toutes les règles d'isolation`,
      };
    case 'unpinned':
      return {
        en: `its NIC '${device}' on '${target}' lacks the address, the MAC or the filters that tie it to its machine`,
        fr: `à son interface « ${device} » sur « ${target} » manquent l'adresse, la MAC ou les filtres qui la lient à sa machine`,
      };
  }
}

function linkReason(kind: ForeignLink['kind'], network: string, target: string): Text {
  return kind === 'tunnel'
    ? {
        en: `the tunnel '${target}' joins the bridge '${network}' to other hosts`,
        fr: `le tunnel « ${target} » relie le pont « ${network} » à d'autres hôtes`,
      }
    : {
        en: `the interface '${target}' of the host is a port of the bridge '${network}'`,
        fr: `l'interface « ${target} » de l'hôte est un port du pont « ${network} »`,
      };
}
