import type { Text } from '../../base/messages/index.ts';
import type { Instance, Network } from '../../incus/index.ts';
import { MARK } from '../marks.ts';
import type { BridgeView, HostLink } from './view.ts';
import { type BridgeFaultCode, wordsOf } from './words.ts';

/** Something without which a bridge does not do what Incus says it does. Plain JSON. */
export interface BridgeFault {
  readonly code: BridgeFaultCode;
  readonly network: string;
  /** Of a NIC: its end on the host, and whose it is. */
  readonly port?: string;
  readonly instance?: string;
  readonly family?: 'ipv4' | 'ipv6';
  /** `all` where not the bridge alone, but the whole host forwards nothing of that family. */
  readonly of?: 'all';
  /** An address that is missing. */
  readonly address?: string;
  readonly text: Text;
  readonly remedy: Text;
}

type LiveNetwork = Pick<Network, 'name' | 'status' | 'config'>;
type LiveMachine = Pick<Instance, 'name' | 'status' | 'config' | 'expanded_devices'>;

/** What is dead or missing of these bridges, and of the NICs that these machines have on them. Pure. */
export function bridgeFaults(
  networks: readonly LiveNetwork[],
  instances: readonly LiveMachine[],
  view: BridgeView | undefined,
): BridgeFault[] {
  if (!view) return [];
  const links = new Map(view.links.map((link) => [link.name, link]));
  return networks
    .filter(({ status, config }) => status === 'Created' && config[MARK.pending] === undefined)
    .flatMap((network) => {
      const bridge = links.get(network.name);
      const about = (code: BridgeFaultCode, what = ''): BridgeFault => ({
        ...{ code, network: network.name, ...wordsOf(code, network.name, what) },
      });
      if (!bridge) return [about('bridge-missing'), ...detached(network.name, instances, links)];
      return [
        ...(bridge.up ? [] : [about('bridge-down')]),
        ...missingAddresses(network, bridge).map((address) => ({
          ...about('bridge-address', address),
          address,
        })),
        ...(servesNobody(network, view) ? [about('bridge-services')] : []),
        ...notForwarding(network, view).map(({ family, isAll }) => ({
          ...about('no-forwarding', family === 'ipv4' ? 'IPv4' : 'IPv6'),
          family,
          ...(isAll && { of: 'all' as const }),
        })),
        ...detached(network.name, instances, links),
      ];
    });
}

/** Addresses of the gateway that the bridge has lost. */
function missingAddresses({ config }: LiveNetwork, { addresses }: HostLink): string[] {
  return ['ipv4.address', 'ipv6.address'].flatMap((key) => {
    const wanted = config[key];
    return !isAddress(wanted) || addresses.includes(wanted) ? [] : [wanted];
  });
}

function isAddress(value: string | undefined): value is string {
  return value?.includes('/') === true;
}

/** Whether nothing answers at the gateway: the dnsmasq of a bridge has both DNS and DHCP. */
function servesNobody({ name, config }: LiveNetwork, { sockets, halted }: BridgeView): boolean {
  if (halted.includes(name)) return true;
  // Whoever turned DNS off by hand leaves nothing to look for.
  if (!sockets || config['dns.mode'] === 'none' || /^port=/m.test(config['raw.dnsmasq'] ?? ''))
    return false;
  const [v4, v6] = [config['ipv4.address'], config['ipv6.address']];
  const wanted = [
    ...(isAddress(v4) ? [`${hostPart(v4)}:53`] : []),
    ...(isAddress(v6) ? [`[${hostPart(v6)}]:53`] : []),
  ];
  return !wanted.every((one) => sockets.includes(one));
}

function hostPart(address: string): string {
  return address.split('/')[0] ?? '';
}

/** Families of which the host forwards nothing that comes from the bridge; IPv6 needs the word for all, too. */
function notForwarding({ name, config }: LiveNetwork, { forwarding }: BridgeView) {
  const families = [
    { family: 'ipv4', on: forwarding.inet, needsAll: false },
    { family: 'ipv6', on: forwarding.inet6, needsAll: true },
  ] as const;
  return families.flatMap(({ family, on, needsAll }) => {
    const isAll = !on.includes('all');
    const works = on.includes(name) && !(needsAll && isAll);
    return isAddress(config[`${family}.address`]) && !works ? [{ family, isAll }] : [];
  });
}

/** Running machines whose NIC on this bridge has no end on the host, or one that is on no bridge, or down. */
function detached(
  network: string,
  instances: readonly LiveMachine[],
  links: ReadonlyMap<string, HostLink>,
): BridgeFault[] {
  return instances
    .filter(({ status }) => status === 'Running' || status === 'Frozen')
    .flatMap(({ name, config, expanded_devices }) =>
      Object.entries(expanded_devices).flatMap(([device, keys]): BridgeFault[] => {
        const port = config[`volatile.${device}.host_name`];
        const isHere = keys.type === 'nic' && (keys.network ?? keys.parent) === network;
        if (!isHere || port === undefined) return [];
        const link = links.get(port);
        if (link?.up && link.master === network) return [];
        const code = link ? 'nic-detached' : 'nic-missing';
        const words = wordsOf(code, network, name, port);
        return [{ code, network, port, instance: name, ...words }];
      }),
    );
}
