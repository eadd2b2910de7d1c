import { isOff, isOn } from '../../world/infra/index.ts';
import type { Desired, DesiredDomain, DesiredMachine } from '../../world/tree/index.ts';

type Config = Readonly<Record<string, string>>;

/** A volume of a domain by pool and name, and the containers that it is attached to. */
interface Attachment {
  readonly pool: string;
  readonly name: string;
  readonly instances: readonly string[];
}

/** The volumes of a domain that more than one container sees, by `storage_volumes` or as plain devices. */
export function sharedVolumes(domain: DesiredDomain, pool: string | undefined): Attachment[] {
  const users = new Map<string, Attachment>();
  for (const machine of domain.machines) {
    if (machine.type === 'vm') continue;
    for (const [home, name] of attachedTo(domain, machine, pool)) {
      const key = `${home}/${name}`;
      const { instances = [] } = users.get(key) ?? {};
      if (!instances.includes(machine.instance))
        users.set(key, { pool: home, name, instances: [...instances, machine.instance] });
    }
  }
  return [...users.values()].filter(({ instances }) => instances.length > 1);
}

function attachedTo(
  { profiles }: DesiredDomain,
  machine: DesiredMachine,
  pool = '',
): (readonly [pool: string, name: string])[] {
  const layers = machine.profiles.map(
    (name) => profiles.find((profile) => profile.name === name)?.devices,
  );
  const devices: Readonly<Record<string, Config>> = Object.assign({}, ...layers, machine.devices);
  return [
    ...machine.volumes
      .filter(({ path }) => path !== undefined)
      .map((volume) => [volume.pool ?? pool, volume.name] as const),
    ...Object.values(devices).flatMap(({ type, pool: home, source, path }) =>
      // The name may have a folder of the volume behind it.
      type === 'disk' && home && source && path !== '/'
        ? [[home, source.split('/')[0] ?? ''] as const]
        : [],
    ),
  ];
}

/** Whether Incus is to show the files of a volume to each container as its own: `shared` are those that need it. */
export function isShifted(shared: readonly Attachment[], pool: string, name: string): boolean {
  return shared.some((one) => one.pool === pool && one.name === name);
}

/** What is known of the daemon's volumes. */
interface LiveVolume {
  readonly project: string;
  readonly pool: string;
  readonly name: string;
  readonly config: Config;
}

/**
 * Places of containers that see a volume together and cannot each have users of their own: the kernel cannot show one
 * file under several owners, or the volume is not ours to change.
 */
export function sharingMachines(
  desired: Desired,
  volumes: readonly LiveVolume[],
  canShift: boolean,
  poolOf: (project: string) => string | undefined,
): ReadonlySet<string> {
  return new Set(
    desired.domains.flatMap((domain) => {
      const home = poolOf(domain.project);
      return sharedVolumes(domain, home)
        .filter(({ pool, name }) => !(canShift && shifts(domain, volumes, pool, name, home)))
        .flatMap(({ instances }) => instances.map((name) => `${domain.project}/${name}`));
    }),
  );
}

function shifts(
  { project, machines }: DesiredDomain,
  volumes: readonly LiveVolume[],
  pool: string,
  name: string,
  home: string | undefined,
): boolean {
  const declared = machines
    .flatMap((machine) => machine.volumes)
    .filter((volume) => volume.name === name && (volume.pool ?? home) === pool);
  if (declared.length > 0)
    return !declared.some(
      ({ config }) => isOff(config['security.shifted']) || isOn(config['security.unmapped']),
    );
  const live = volumes.find(
    (one) => one.project === project && one.pool === pool && one.name === name,
  );
  return isOn(live?.config['security.shifted']);
}
