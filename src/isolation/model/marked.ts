import { ipv4Range, ipv4Text } from '../../base/system/index.ts';
import type { Instance, Network } from '../../incus/index.ts';
import { bitsOf, ipv6Of, parseIpv4, parseIpv6 } from '../../world/infra/index.ts';
import { isLocked, MARK } from '../../world/tree/index.ts';
import type { Card } from './flows.ts';

/** A bridge of the daemon that carries the mark of an infrastructure, declared by then or not. */
export interface MarkedBridge {
  readonly bridge: string;
  /** `project_name` of its infrastructure. */
  readonly owner: string;
  readonly domain: string;
  /** Absent where the daemon gives it none that could be read. */
  readonly ipv4?: Network4;
  readonly ipv6?: { readonly subnet: string; readonly gateway: string };
}

interface Network4 {
  readonly subnet: string;
  readonly gateway: string;
}

/** A NIC of a marked machine, with what can be known of it without looking at its host. */
export interface MarkedNic {
  readonly device: string;
  /** Absent for a NIC on no bridge of Incus. */
  readonly bridge?: string;
  /** Absent where Incus makes up another name at each start, and the machine does not run. */
  readonly card?: Card;
  readonly ip?: string;
  readonly ip6?: string;
  /** Its name on the host follows from the machine's, as the tree asks for it. */
  readonly standard: boolean;
}

/** A machine of the daemon that carries the mark of an infrastructure. */
export interface MarkedMachine {
  readonly project: string;
  readonly instance: string;
  readonly owner: string;
  readonly domain: string;
  readonly running: boolean;
  /** Incus refuses to delete it. */
  readonly locked: boolean;
  readonly nics: readonly MarkedNic[];
}

/** All that carries a mark of ours, whoever declared it. Plain JSON. */
export interface MarkedWorld {
  readonly bridges: readonly MarkedBridge[];
  readonly machines: readonly MarkedMachine[];
}

/** Of a daemon that was not asked. */
export const NOTHING_MARKED: MarkedWorld = { bridges: [], machines: [] };

/** Lists of the daemon, as far as marks are looked for. */
export interface Listed {
  readonly networks: readonly Pick<Network, 'name' | 'type' | 'managed' | 'config'>[];
  readonly instances: readonly Pick<
    Instance,
    'name' | 'project' | 'status' | 'config' | 'expanded_config' | 'expanded_devices' | 'ephemeral'
  >[];
}

/** What of a daemon's lists is ours. Disposable machines are held by rules of their own. */
export function markedWorld({ networks, instances }: Listed): MarkedWorld {
  const machines = instances.flatMap((one) => markedMachine(one) ?? []).sort(byPlace);
  const bridges = networks.filter(({ type, managed }) => managed && type === 'bridge');
  return {
    bridges: bridges.flatMap((one) => markedBridge(one, machines) ?? []).sort(byBridge),
    machines,
  };
}

function markedMachine(one: Listed['instances'][number]): MarkedMachine | undefined {
  const owner = one.config[MARK.project] || one.config[MARK.asideOf];
  if (!owner || (one.ephemeral && one.config[MARK.disposable] !== undefined)) return undefined;
  const nics = Object.entries(one.expanded_devices).filter(([, { type }]) => type === 'nic');
  return {
    project: one.project,
    instance: one.name,
    owner,
    domain: one.config[MARK.domain] ?? '',
    running: one.status !== 'Stopped',
    locked: isLocked(one),
    nics: nics.map(([device, config]) => nicOf(device, config, one)),
  };
}

const STANDARD_PORT = /^ank[0-9a-f]{12}$/;

function nicOf(
  device: string,
  config: Readonly<Record<string, string>>,
  { config: marks }: Listed['instances'][number],
): MarkedNic {
  const onBridge = config.nictype === undefined || config.nictype === 'bridged';
  const bridge = onBridge ? (config.network ?? config.parent) : undefined;
  const named = config.host_name ?? marks[`volatile.${device}.host_name`] ?? '';
  const mac = (config.hwaddr ?? marks[`volatile.${device}.hwaddr`] ?? '').toLowerCase();
  const usable = /^[A-Za-z0-9_.-]{1,15}$/.test(named) && /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac);
  const ip = parseIpv4(config['ipv4.address'] ?? '');
  const ip6 = parseIpv6(config['ipv6.address'] ?? '');
  return {
    device,
    ...(bridge !== undefined && { bridge }),
    ...(usable && {
      card: {
        port: named,
        mac,
        pinned: {
          address: config['security.ipv4_filtering'] === 'true',
          address6: config['security.ipv6_filtering'] === 'true',
          mac: config['security.mac_filtering'] === 'true',
        },
      },
    }),
    ...(ip !== undefined && { ip }),
    ...(ip6 !== undefined && { ip6 }),
    standard: STANDARD_PORT.test(config.host_name ?? ''),
  };
}

/** Also a bridge that has lost its mark, where a machine of ours stands on it with the NIC of its own domain. */
function markedBridge(
  { name, config }: Listed['networks'][number],
  machines: readonly MarkedMachine[],
): MarkedBridge | undefined {
  const joined = machines.find(({ nics }) =>
    nics.some(({ bridge, device, standard }) => standard && device === 'eth0' && bridge === name),
  );
  const owner = config[MARK.project] || joined?.owner;
  if (!owner) return undefined;
  const ipv4 = network4(config['ipv4.address'] ?? '');
  const ipv6 = network6(config);
  return {
    bridge: name,
    owner,
    domain: config[MARK.domain] || joined?.domain || name,
    ...(ipv4 && { ipv4 }),
    ...(ipv6 && { ipv6 }),
  };
}

/** `10.100.1.254/24` as a network and its gateway; undefined for `none` and whatever else is no such thing. */
function network4(untrustedText: string): Network4 | undefined {
  const [address = '', length = ''] = untrustedText.split('/');
  const gateway = parseIpv4(address);
  if (gateway === undefined || !/^([1-9]|[12][0-9]|30)$/.test(length)) return undefined;
  const { first } = ipv4Range(untrustedText) ?? { first: 0 };
  return { subnet: `${ipv4Text(first)}/${length}`, gateway };
}

/** As this tool gives a bridge IPv6; what was switched on by hand leads nowhere. */
function network6(config: Readonly<Record<string, string>>): MarkedBridge['ipv6'] {
  const [address = '', length] = (config['ipv6.address'] ?? '').split('/');
  const gateway = parseIpv6(address);
  if (gateway === undefined || length !== '64' || config['ipv6.dhcp.stateful'] !== 'true')
    return undefined;
  const bits = bitsOf(gateway);
  return { subnet: `${ipv6Of(bits - (bits % 2n ** 64n))}/64`, gateway };
}

function byPlace(a: MarkedMachine, b: MarkedMachine): number {
  return compare(`${a.project}/${a.instance}`, `${b.project}/${b.instance}`);
}

function byBridge(a: MarkedBridge, b: MarkedBridge): number {
  return compare(a.bridge, b.bridge);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
