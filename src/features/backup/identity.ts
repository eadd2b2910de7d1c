import { MARK } from '../../engine/index.ts';
import type { Instance, InstancePut } from '../../incus/index.ts';

/** Keys under which the daemon remembers what only one machine can have. */
const ONE_OF_A_KIND = /^volatile\..*\.(?:hwaddr|host_name)$/;

/** What a network card says of its own place in the network. */
const CARD_KEYS = ['ipv4.address', 'ipv6.address', 'hwaddr', 'host_name'];

/**
 * A restored instance as one beside the original: another card, no fixed address, no mark of ours (it is declared
 * nowhere), and its own volumes. `volumes` maps `POOL/NAME` to a new name.
 */
export function asNewcomer(instance: Instance, volumes: ReadonlyMap<string, string>): InstancePut {
  const marks = new Set<string>(Object.values(MARK));
  const config = Object.entries(instance.config).filter(
    ([key]) => !marks.has(key) && !ONE_OF_A_KIND.test(key),
  );
  return {
    ...putOf(instance),
    config: Object.fromEntries(config),
    devices: devicesOf(instance, volumes),
  };
}

/**
 * Whether an instance belongs to another infrastructure or domain than the project where it is to stand: with its marks
 * it would be taken there for a machine that nobody declares.
 */
export function isStranger(config: Config, project: Config): boolean {
  return [MARK.project, MARK.domain].some(
    (mark) => config[mark] !== undefined && config[mark] !== project[mark],
  );
}

type Config = Readonly<Record<string, string>>;

function devicesOf(
  { devices }: Instance,
  volumes: ReadonlyMap<string, string>,
): InstancePut['devices'] {
  const changed = Object.entries(devices).map(([name, device]) => {
    if (device.type === 'nic') return [name, without(device, CARD_KEYS)] as const;
    const volume = volumes.get(`${device.pool}/${device.source}`);
    return [name, volume === undefined ? device : { ...device, source: volume }] as const;
  });
  return Object.fromEntries(changed);
}

function without(
  device: Readonly<Record<string, string>>,
  keys: readonly string[],
): Record<string, string> {
  return Object.fromEntries(Object.entries(device).filter(([key]) => !keys.includes(key)));
}

/** What an update replaces, as it was read. */
function putOf(instance: Instance): InstancePut {
  const { architecture, config, devices, description, ephemeral, profiles, stateful } = instance;
  return { architecture, config, devices, description, ephemeral, profiles, stateful };
}
