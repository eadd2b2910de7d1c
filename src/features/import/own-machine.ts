import { MARK, type Observed } from '../../engine/index.ts';
import { isOn, MACHINE_KEYS, writtenFor } from '../../world/infra/index.ts';
import type { DesiredMachine } from '../../world/tree/index.ts';
import { type Config, type Devices, declaredPart, filled } from './declared.ts';

type Live = Observed['instances'][number];

/** A machine as infra.yml writes it; what is left to default is not there. */
export type Written = Readonly<Record<string, unknown>>;

/** A machine of ours, half way: what it is, and the devices that may follow from that by themselves. */
export interface OwnMachine {
  readonly name: string;
  readonly live: Live;
  /** What the machine is wanted to be when nothing but this is written; for the devices that follow from it. */
  readonly plain: DesiredMachine;
  readonly devices: Devices;
  /** Keys that followed from defaults when it was made. */
  readonly defaults: Config;
  readonly fields: Written;
}

export interface HomeDomain {
  readonly name: string;
  readonly bridge: string;
  /** Base and third part of its addresses: `10.100.3.`; absent where the network is not in the form of ours. */
  readonly network?: string;
}

/** Reads a machine of ours off the daemon. `pool` is that of volumes which name none. */
export function ownMachine(
  live: Live,
  home: HomeDomain,
  volumes: Observed['volumes'],
  pool: string | undefined,
): OwnMachine {
  const name = live.config[MARK.machine] ?? live.name;
  const declared = declaredPart(live);
  const { fields, config } = settings(declared.config);
  const attached = attachedVolumes(live, declared.devices, volumes, pool);
  const { gpu, ...rest } = declared.devices;
  const hasGpu = gpu !== undefined && Object.keys(gpu).join() === 'type' && gpu.type === 'gpu';
  const others = Object.entries(hasGpu ? rest : declared.devices).filter(
    ([device]) => !Object.hasOwn(attached, device),
  );
  const card = live.devices.eth0;
  const address = card?.network === home.bridge ? card['ipv4.address'] : undefined;
  const ip = home.network && address?.startsWith(home.network) ? address : undefined;
  const ephemeral = !isOn(live.config['security.protection.delete']);
  const image = live.config[MARK.image];
  return {
    name,
    live,
    devices: Object.fromEntries(others),
    defaults: declared.defaults,
    plain: {
      name,
      instance: live.name,
      domain: home.name,
      description: live.description,
      type: live.type === 'virtual-machine' ? 'vm' : 'lxc',
      ip: ip ?? address ?? '',
      ...(card?.['ipv6.address'] !== undefined && { ip6: card['ipv6.address'] }),
      ephemeral,
      image: image ?? '',
      gpu: hasGpu,
      profiles: live.profiles,
      config,
      devices: {},
      volumes: Object.entries(attached).map(([volume, body]) => ({
        name: volume,
        path: body.path,
        ...(body.pool !== undefined && { pool: body.pool }),
        ...(body.size !== undefined && { size: body.size }),
        config: body.config ?? {},
      })),
      roles: [],
    },
    fields: filled({
      description: live.description,
      type: live.type === 'virtual-machine' ? 'vm' : undefined,
      ip,
      gpu: hasGpu || undefined,
      config,
      storage_volumes: attached,
      ...fields,
    }),
  };
}

/** Settings that infra.yml has words of its own for, and the rest. */
function settings(all: Config): { readonly fields: Written; readonly config: Config } {
  const fields: Record<string, unknown> = {};
  const config: Record<string, string> = {};
  for (const [key, value] of Object.entries(all)) {
    const field = writtenFor(MACHINE_KEYS, key, value);
    if (field) fields[field.name] = field.value;
    // Written by itself, from `ephemeral`.
    else if (key !== 'security.protection.delete') config[key] = value;
  }
  return { fields, config };
}

interface Attached {
  readonly path: string;
  readonly pool?: string;
  readonly size?: string;
  readonly config?: Config;
}

/** Devices that stand for a volume of ours, under its own name. */
function attachedVolumes(
  { project }: Live,
  devices: Devices,
  volumes: Observed['volumes'],
  pool: string | undefined,
): Record<string, Attached> {
  const found = Object.entries(devices).flatMap(([name, device]) => {
    if (Object.keys(device).sort().join() !== 'path,pool,source,type') return [];
    const volume = volumes.find(
      (one) => one.project === project && one.pool === device.pool && one.name === device.source,
    );
    const { path = '', source, type } = device;
    if (!volume?.config[MARK.project] || source !== name || type !== 'disk') return [];
    const { size, ...config } = declaredPart(volume).config;
    const body = { path, pool: volume.pool === pool ? undefined : volume.pool, size, config };
    return [[name, { path, ...filled(body) }] as const];
  });
  return Object.fromEntries(found);
}
