import type { Config } from './types.ts';

/** Where a NIC leads: `own` is the bridge of the machine's domain, and the only place that isolation rules know. */
export type NicKind =
  | 'own'
  | 'other-domain'
  | 'other-network'
  | 'host-bridge'
  /** Past every bridge: `macvlan`, `ipvlan`, `routed`, `physical`, `sriov`, `p2p`, and whatever Incus may learn. */
  | 'direct';

export interface NicTarget {
  readonly kind: NicKind;
  /** A network, a bridge, or the type of a NIC that has neither. */
  readonly name: string;
  /** What the key `allow` of the machine says to permit it. */
  readonly word: string;
}

/** The bridges and networks that a NIC may lead to. */
export interface NicSurroundings {
  /** The bridge of the machine's domain. */
  readonly own: string;
  /** The same without a nesting prefix. */
  readonly ownPlain?: string;
  /** Bridges of domains, the own one or not. */
  readonly bridges: ReadonlySet<string>;
  /** Types of the networks that Incus manages, where they are known: `bridge`, `macvlan`, `physical`, ... */
  readonly networks?: ReadonlyMap<string, string>;
}

/** Device types that put an interface into a machine. */
export function isNic(device: Config): boolean {
  return device.type === 'nic' || device.type === 'infiniband';
}

/** Says where a NIC leads, by the keys that Incus goes by: `network` first, then `nictype` and `parent`. */
export function nicTarget(device: Config, around: NicSurroundings): NicTarget {
  const { network = '', nictype = '', parent = '' } = device;
  if (device.type !== 'nic') return direct(device.type ?? '');
  if (network !== '') return ofNetwork(network, around);
  if (nictype === 'bridged' && parent !== '') {
    const target = ofNetwork(parent, around);
    return target.kind === 'other-network' && !around.networks?.has(parent)
      ? { ...target, kind: 'host-bridge' }
      : target;
  }
  return direct(nictype === '' ? 'nic' : nictype);
}

function ofNetwork(name: string, { own, ownPlain, bridges, networks }: NicSurroundings): NicTarget {
  const word = `nic:${name}`;
  if (name === own || name === ownPlain) return { kind: 'own', name, word };
  if (bridges.has(name)) return { kind: 'other-domain', name, word };
  const type = networks?.get(name) ?? 'bridge';
  return { kind: type === 'bridge' ? 'other-network' : 'direct', name, word };
}

function direct(name: string): NicTarget {
  return { kind: 'direct', name, word: `nic:${name}` };
}
