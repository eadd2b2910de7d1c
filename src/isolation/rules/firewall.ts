import { createHash } from 'node:crypto';
import { bitsOf, FIREWALL_MACHINE, ipv6Of } from '../../world/infra/index.ts';
import {
  type Desired,
  type DesiredDomain,
  type DesiredMachine,
  networkCard,
} from '../../world/tree/index.ts';
import {
  checkedAddress,
  checkedAddress6,
  checkedBridge,
  checkedMac,
  checkedSubnet,
  checkedSubnet6,
} from '../load/checked.ts';

/** One network card of the firewall machine: its leg in one domain. */
export interface FirewallPort {
  /** `eth0` in the machine's own domain; the others follow in the order of their bridges' names. */
  readonly card: string;
  readonly domain: string;
  readonly bridge: string;
  readonly subnet: string;
  /** What the host and the machines of the domain know as the way to the other domains. */
  readonly address: string;
  /** Where the domain declares IPv6: its network, and the leg's address there. */
  readonly ipv6?: { readonly subnet: string; readonly address: string };
  /** Name of the card's end on the host, and its MAC: both follow from names, so that rules can tie them. */
  readonly port: string;
  readonly mac: string;
}

/** How domains reach each other with `firewall_mode: vm`. Without a machine there is no way at all. */
export interface Firewall {
  readonly machine?: string;
  readonly instance?: string;
  readonly project?: string;
  readonly ports: readonly FirewallPort[];
}

/**
 * What Incus pins of a leg. Its addresses are left to rules (`leg-guard.ts`, `leg-guard6.ts`): a leg says what others
 * say. Where IPv6 is off, Incus keeps it out as from every card.
 */
export function legPins({ ipv6 }: Pick<FirewallPort, 'ipv6'>) {
  return {
    'security.ipv4_filtering': 'false',
    'security.ipv6_filtering': ipv6 ? 'false' : 'true',
    'security.mac_filtering': 'true',
  } as const;
}

/** The firewall of a wanted world; undefined where the host itself filters between domains. */
export function firewallOf(desired: Desired): Firewall | undefined {
  if (desired.firewallMode !== 'vm') return undefined;
  const home = desired.domains.find(({ machines }) => machines.some(isFirewall));
  const machine = home?.machines.find(isFirewall);
  if (!home || !machine) return { ports: [] };
  const others = desired.domains
    .filter((domain) => domain !== home)
    .sort((a, b) => (a.network.name < b.network.name ? -1 : 1));
  return {
    machine: machine.name,
    instance: machine.instance,
    project: home.project,
    ports: [
      homePort(home, machine),
      ...others.map((domain, index) =>
        portOf(domain, index + 1, {
          address: beforeGateway(domain),
          address6: beforeGateway6(domain),
          ...identityOf(`${home.project}/${machine.instance}/${domain.network.name}`),
        }),
      ),
    ],
  };
}

function isFirewall({ name }: { readonly name: string }): boolean {
  return name === FIREWALL_MACHINE;
}

function homePort(home: DesiredDomain, machine: DesiredMachine): FirewallPort {
  const { host_name = '', hwaddr = '' } = networkCard(home, machine) ?? {};
  const { ip: address, ip6: address6 } = machine;
  return portOf(home, 0, { address, address6, port: host_name, mac: hwaddr });
}

/** Like that of a machine's own card: at most 15 characters, and a locally administered MAC. */
function identityOf(leg: string): { port: string; mac: string } {
  const digits = createHash('sha256').update(leg).digest('hex');
  return {
    port: `anf${digits.slice(0, 12)}`,
    mac: `02:${(digits.match(/../g) ?? []).slice(0, 5).join(':')}`,
  };
}

function portOf(
  { name, network }: DesiredDomain,
  index: number,
  {
    address,
    address6,
    port,
    mac,
  }: Pick<FirewallPort, 'address' | 'port' | 'mac'> & { readonly address6: string | undefined },
): FirewallPort {
  const { ipv6 } = network;
  return {
    card: `eth${index}`,
    domain: name,
    bridge: checkedBridge(network.name),
    subnet: checkedSubnet(network.subnet),
    address: checkedAddress(address),
    ...(ipv6 &&
      address6 !== undefined && {
        ipv6: { subnet: checkedSubnet6(ipv6.subnet), address: checkedAddress6(address6) },
      }),
    port: checkedBridge(port),
    mac: checkedMac(mac),
  };
}

/** .253 where the gateway is .254: the address that infra.yml keeps free for the firewall machine. */
function beforeGateway({ network }: DesiredDomain): string {
  const [a = '', b = '', c = '', d = ''] = network.gateway.split('.');
  return [a, b, c, Number(d) - 1].join('.');
}

/** The same of IPv6, ::253 beside ::254; undefined where it is off. */
function beforeGateway6({ network: { ipv6 } }: DesiredDomain): string | undefined {
  return ipv6 && ipv6Of(bitsOf(checkedAddress6(ipv6.gateway)) - 1n);
}
