import { contextMarks, contextOf } from '../../nesting/index.ts';
import { incusConfigOf, MACHINE_KEYS, type NestingContext } from '../../world/infra/index.ts';
import { type DesiredDomain, type DesiredMachine, networkCard } from '../../world/tree/index.ts';
import { HELD } from '../held-at-boot.ts';
import { type MachineDefaults, NO_DEFAULTS } from '../machine-defaults.ts';
import { MARK, recordKeys } from '../marks.ts';
import { type Spec, withoutEmpty } from '../spec.ts';
import { imageId, instanceType } from './image.ts';
import { networkId } from './network.ts';
import { profileId } from './profile.ts';
import { projectId } from './project.ts';
import { volumeId } from './volume.ts';

type Config = Readonly<Record<string, string>>;
type Devices = Readonly<Record<string, Config>>;

export function instanceId(project: string, name: string): string {
  return `instance:${project}/${name}`;
}

/** A machine as an Incus instance: nothing but what infra.yml and the tree declare, and our marks. */
export function instanceSpec(
  domain: DesiredDomain,
  machine: DesiredMachine,
  projectName: string,
  pool: string | undefined,
  host: NestingContext | undefined,
  defaults: MachineDefaults = NO_DEFAULTS,
): Spec {
  const config = { ...instanceConfig(machine), ...(defaults.held && HELD) };
  const devices = instanceDevices(domain, machine, pool, defaults);
  return {
    id: instanceId(domain.project, machine.instance),
    kind: 'instance',
    name: machine.instance,
    project: domain.project,
    domain: domain.name,
    needs: [
      projectId(domain.project),
      networkId(domain.network.name),
      ...new Set(['default', ...machine.profiles].map((name) => profileId(domain.project, name))),
      ...machine.volumes.map((one) => volumeId(domain.project, one.pool ?? pool ?? '', one.name)),
      imageId(machine.image, instanceType(machine)),
    ],
    wanted: {
      type: instanceType(machine),
      image: machine.image,
      description: machine.description,
      profiles: machine.profiles,
      start: true,
      config: {
        ...defaults.config,
        ...config,
        [MARK.id]: instanceId(domain.project, machine.instance),
        [MARK.project]: projectName,
        [MARK.domain]: domain.name,
        [MARK.machine]: machine.name,
        [MARK.image]: machine.image,
        [MARK.keys]: recordKeys(config, devices, Object.keys(defaults.config)),
        // A virtual machine is told by its agent, which answers long after it was made.
        ...(host && machine.type === 'lxc' && contextMarks(contextOf(machine.type, host))),
      },
      devices,
    },
  };
}

/** What the machine's own keys mean to Incus; a key under `config` wins over them. */
function instanceConfig(machine: DesiredMachine): Record<string, string> {
  return withoutEmpty({
    ...incusConfigOf(MACHINE_KEYS, machine),
    'security.protection.delete': String(!machine.ephemeral),
    ...machine.config,
  });
}

function instanceDevices(
  domain: DesiredDomain,
  machine: DesiredMachine,
  pool: string | undefined,
  defaults: MachineDefaults,
): Devices {
  const inherited = inheritedDevices(domain, machine);
  const nic = networkCard(domain, machine);
  const root = rootDisk(inherited, machine, pool, defaults);
  const gpu = machine.gpu && !declaresGpu(machine, inherited);
  const volumes = machine.volumes.flatMap(({ name, path, pool: own }): [string, Config][] =>
    path === undefined
      ? []
      : [[name, { type: 'disk', pool: own ?? pool ?? '', source: name, path }]],
  );
  return {
    ...(root && { root }),
    ...(nic && { eth0: nic }),
    ...(gpu && { gpu: { type: 'gpu' } }),
    ...Object.fromEntries(volumes),
    ...declaredDevices(machine, nic),
  };
}

/** The devices that the machine's profiles give it, a later profile winning over an earlier one. */
function inheritedDevices(domain: DesiredDomain, machine: DesiredMachine): Devices {
  const layers = machine.profiles.map((name) => {
    const declared = domain.profiles.find((profile) => profile.name === name)?.devices ?? {};
    return name === 'default' ? { root: { type: 'disk', path: '/' }, ...declared } : declared;
  });
  return Object.assign({}, ...layers) as Devices;
}

/** Devices as declared, but for the domain's own NIC, which already carries what was declared on it. */
function declaredDevices(machine: DesiredMachine, nic: Config | undefined): Devices {
  const { eth0, ...others } = machine.devices;
  return eth0 && !nic ? machine.devices : others;
}

/** Only for a machine that leaves the default profile out and would have no disk to live on, or needs another size. */
function rootDisk(
  inherited: Devices,
  machine: DesiredMachine,
  pool: string | undefined,
  { rootSize, ownRoot }: MachineDefaults,
): Config | undefined {
  const disks = [...Object.values(inherited), ...Object.values(machine.devices)];
  const hasRoot = disks.some((device) => device.type === 'disk' && device.path === '/');
  if (pool === undefined || (hasRoot && !ownRoot)) return undefined;
  return { type: 'disk', path: '/', pool, ...(rootSize !== undefined && { size: rootSize }) };
}

function declaresGpu(machine: DesiredMachine, inherited: Devices): boolean {
  return [...Object.values(inherited), ...Object.values(machine.devices)].some(
    (device) => device.type === 'gpu',
  );
}

/** Whether a machine needs a GPU of the host, however it says so. */
export function wantsGpu(domain: DesiredDomain, machine: DesiredMachine): boolean {
  return machine.gpu || declaresGpu(machine, inheritedDevices(domain, machine));
}
