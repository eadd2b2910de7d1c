import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { productRoot } from '../../base/system/index.ts';
import type { Desired } from '../../world/tree/index.ts';
import { type Firewall, type FirewallPort, type FlowModel, firewallOf } from '../index.ts';
import { routerRuleset } from './router-rules.ts';

/** One file inside the firewall machine, with the folders above it that may be missing. */
export interface RouterFile {
  readonly path: string;
  readonly text: string;
}

export const RULES_PATH = '/etc/anklume/router.nft';

/** Which card has which name, in a virtual machine alone: in a container Incus sees to it. */
export const CARDS_PATH = '/etc/anklume/cards';

/** The parts that are the same for every world; the Ansible role places the same files. */
const FIXED: Readonly<Record<string, string>> = {
  'anklume-router.service': '/etc/systemd/system/anklume-router.service',
  'anklume-router-log.service': '/etc/systemd/system/anklume-router-log.service',
  '60-anklume-router.conf': '/etc/sysctl.d/60-anklume-router.conf',
  'router-log.py': '/usr/local/lib/anklume/router-log.py',
};

const FIXED_OF_VM: Readonly<Record<string, string>> = {
  'anklume-cards.service': '/etc/systemd/system/anklume-cards.service',
  'card-names.py': '/usr/local/lib/anklume/card-names.py',
};

/** Everything that makes a machine the firewall of a world; empty where there is none. */
export async function routerFiles(desired: Desired, model: FlowModel): Promise<RouterFile[]> {
  const rules = routerRuleset(model);
  if (rules === undefined) return [];
  const firewall = firewallOf(desired);
  const machines = desired.domains.flatMap((domain) => domain.machines);
  const isVm = machines.find(({ name }) => name === firewall?.machine)?.type === 'vm';
  const ports = firewall?.ports ?? [];
  return [
    { path: RULES_PATH, text: rules },
    ...(await fixedFiles(isVm ? { ...FIXED, ...FIXED_OF_VM } : FIXED)),
    ...(isVm ? cardFiles(ports) : []),
    ...addressFiles(ports),
    ...homeFiles(ports[0], model),
  ];
}

function fixedFiles(files: Readonly<Record<string, string>>): Promise<RouterFile[]> {
  const folder = join(productRoot(), 'roles/firewall_router/files');
  return Promise.all(
    Object.entries(files).map(async ([name, path]) => ({
      path,
      text: await readFile(join(folder, name), 'utf8'),
    })),
  );
}

/** Names by MAC, and udev told to leave these cards theirs: it would name them after their slots. */
function cardFiles(ports: Firewall['ports']): RouterFile[] {
  const macs = ports.map(({ mac }) => mac).join(' ');
  return [
    { path: CARDS_PATH, text: ports.map(({ card, mac }) => `${card} ${mac}\n`).join('') },
    {
      path: '/etc/systemd/network/04-anklume-cards.link',
      text: `# anklume-cards.service names the legs of the firewall machine.
[Match]
MACAddress=${macs}

[Link]
NamePolicy=keep
`,
    },
  ];
}

/** Addresses by systemd-networkd, which gives them again to a card that was plugged in anew. */
function addressFiles(ports: Firewall['ports']): RouterFile[] {
  return ports.slice(1).map(({ card, bridge, subnet, address, ipv6 }) => ({
    path: networkFile(card),
    text: `# The leg of the firewall machine in ${bridge}.
[Match]
Name=${card}

[Link]
RequiredForOnline=no

[Network]
Address=${address}/${subnet.split('/')[1] ?? '24'}
${ipv6 ? sixth(ipv6) : 'LinkLocalAddressing=no\n'}IPv6AcceptRA=no
`,
  }));
}

/**
 * The card of the machine's own domain, where that has IPv6: a machine that forwards it listens to no router, so that
 * address and way out are written down. IPv4 stays as the images have it.
 */
function homeFiles(home: FirewallPort | undefined, { domains }: FlowModel): RouterFile[] {
  const gateway = domains.find(({ name }) => name === home?.domain)?.ipv6?.gateway;
  if (!home?.ipv6 || gateway === undefined) return [];
  const { card, bridge, ipv6 } = home;
  const text = `# The firewall machine in its own domain, on ${bridge}.
[Match]
Name=${card}

[Network]
DHCP=ipv4
${sixth(ipv6)}Gateway=${gateway}
IPv6AcceptRA=no

[DHCPv4]
ClientIdentifier=mac
`;
  return [{ path: networkFile(card), text }];
}

/**
 * On its link the host lets a card speak from the address that follows from its MAC, and never from `::`, from which it
 * would ask whether somebody else has its address.
 */
function sixth({ address }: NonNullable<FirewallPort['ipv6']>): string {
  return `Address=${address}/64
LinkLocalAddressing=ipv6
IPv6LinkLocalAddressGenerationMode=eui64
IPv6DuplicateAddressDetection=0
`;
}

function networkFile(card: string): string {
  return `/etc/systemd/network/05-anklume-${card}.network`;
}
