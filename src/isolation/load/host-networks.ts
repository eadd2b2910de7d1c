import { type Host, ipv4Overlap, ipv4Range, run } from '../../base/system/index.ts';
import type { Desired } from '../../world/tree/index.ts';

/** A network that the host itself is in or has a way to. */
export interface HostNetwork {
  /** `192.168.1.0/24` */
  readonly subnet: string;
  readonly device: string;
}

/** A domain whose subnet the host already uses for something else. */
export interface Collision {
  readonly domain: string;
  readonly subnet: string;
  readonly with: HostNetwork;
}

/**
 * Shorter prefixes are ways to everywhere: a VPN that takes all traffic has 0.0.0.0/1 and 128.0.0.0/1.
 */
const SHORTEST_PREFIX = 8;

/** What `ip -j` lists of the addresses, the routes and the settings of a host's interfaces: one program for all. */
export async function listHostLinks(host: Host): Promise<string> {
  const input = 'address show\nroute show table all\nnetconf show\n';
  return (await run([...host.enter, 'ip', '-j', '-batch', '-'], { input })).stdout;
}

/** Networks of the host from its IPv4 addresses and all its routing tables. */
export async function readHostNetworks(host: Host): Promise<HostNetwork[]> {
  return hostNetworksIn(await listHostLinks(host));
}

/** The same from what was listed. */
export function hostNetworksIn(listed: string): HostNetwork[] {
  // A list for each line of input; some versions of ip write none where it would be empty.
  const lists = listed.split(/\n(?=\[)/);
  const one = (key: string) => lists.find((list) => list.includes(`"${key}":`)) ?? '';
  return hostNetworks(one('ifname'), one('dst'));
}

/** The same from what `ip -j` lists. */
export function hostNetworks(addressesJson: string, routesJson: string): HostNetwork[] {
  const links = parse<ListedLink>(addressesJson);
  const routes = parse<ListedRoute>(routesJson);
  const all = [
    ...links.flatMap(({ ifname, addr_info }) =>
      (addr_info ?? [])
        .filter(({ local }) => !local?.includes(':'))
        .map(({ local, prefixlen }) => ({ subnet: `${local}/${prefixlen}`, device: ifname ?? '' })),
    ),
    ...routes
      .filter(
        ({ dst, type }) =>
          dst !== 'default' && !dst.includes(':') && (type ?? 'unicast') === 'unicast',
      )
      .map(({ dst, dev }) => ({
        subnet: dst.includes('/') ? dst : `${dst}/32`,
        device: dev ?? '',
      })),
  ];
  const known = new Map(all.map((one) => [`${one.subnet} ${one.device}`, one]));
  return [...known.values()].filter(
    ({ subnet, device }) => device !== 'lo' && (ipv4Range(subnet)?.length ?? 0) >= SHORTEST_PREFIX,
  );
}

/** Domains whose subnet overlaps one of these networks, bridges of ours left out. One for each domain. */
export function collisions(
  desired: Desired,
  networks: readonly HostNetwork[],
  ownBridges: ReadonlySet<string>,
): Collision[] {
  const foreign = networks.filter(({ device }) => !ownBridges.has(device));
  return desired.domains.flatMap(({ name, network }) => {
    const other = foreign.find(({ subnet }) => overlaps(subnet, network.subnet));
    return other ? [{ domain: name, subnet: network.subnet, with: other }] : [];
  });
}

interface ListedLink {
  readonly ifname?: string;
  readonly addr_info?: readonly { readonly local: string; readonly prefixlen: number }[];
}

interface ListedRoute {
  readonly dst: string;
  readonly dev?: string;
  readonly type?: string;
}

function parse<T>(json: string): T[] {
  return JSON.parse(json.trim() || '[]') as T[];
}

/** Whether two IPv4 networks, or an address and one, have an address in common. */
export function overlaps(a: string, b: string): boolean {
  const [one, other] = [ipv4Range(a), ipv4Range(b)];
  return one !== undefined && other !== undefined && ipv4Overlap(one, other);
}
