import { error, type Finding, type Path } from './finding.ts';
import type { RawInfra, RawMachine, RawShare } from './schema.ts';
import { machinesOf } from './walk.ts';

/** Folders of the host that outlive the machines that see them. */
const DATA_DEFAULTS = {
  persistent: '/srv/anklume/data',
  shared: '/srv/anklume/shares',
  /** Where a machine sees what says nothing of it. */
  mountOfData: '/data',
  mountOfShare: '/shared',
} as const;

type Device = Record<string, string>;

/** A document with the folders written out as disk devices, and where each of these comes from. */
export interface WithFolders {
  readonly raw: RawInfra;
  readonly findings: readonly Finding[];
  readonly origin: (path: Path) => Path;
}

/**
 * Writes `persistent_data` and `shared_volumes` out as disk devices, which every rule then judges like those written
 * by hand. A machine that a share names itself counts before its domain.
 */
export function withDataFolders(raw: RawInfra): WithFolders {
  const origins = new Map<string, Path>();
  const findings: Finding[] = unknownConsumers(raw);
  const added = new Map<string, Record<string, Device>>();
  for (const { name, domain, body, path } of machinesOf(raw)) {
    const devices: Record<string, Device> = {};
    const add = (device: string, disk: Device, origin: Path): void => {
      if (Object.hasOwn(body.devices ?? {}, device)) findings.push(taken(device, origin));
      devices[device] = disk;
      origins.set([...path, 'devices', device].join('/'), origin);
    };
    for (const [key, data] of Object.entries(body.persistent_data ?? {})) {
      const base = raw.global?.persistent_data_base ?? DATA_DEFAULTS.persistent;
      const source = `${base.replace(/\/+$/, '')}/${domain}/${name}/${key}`;
      const { path: mount = `${DATA_DEFAULTS.mountOfData}/${key}`, read_only: readOnly = false } =
        typeof data === 'string' ? { path: data } : data;
      add(`pd-${key}`, disk(source, mount, readOnly, body), [...path, 'persistent_data', key]);
    }
    for (const [key, share] of Object.entries(raw.shared_volumes ?? {})) {
      const access = share.consumers?.[name] ?? share.consumers?.[domain];
      if (access === undefined) continue;
      const mount = share.path ?? `${DATA_DEFAULTS.mountOfShare}/${key}`;
      const source = share.source ?? sharedSource(raw, key);
      add(`sv-${key}`, disk(source, mount, access === 'ro', body), ['shared_volumes', key]);
    }
    if (Object.keys(devices).length > 0) added.set(`${domain}/${name}`, devices);
  }
  return { raw: merged(raw, added), findings, origin: (path) => originOf(path, origins) };
}

/** Owners inside stand for the same owners on the host; a virtual machine maps nothing. */
function disk(source: string, path: string, readOnly: boolean, { type }: RawMachine): Device {
  return {
    type: 'disk',
    source,
    path,
    ...(readOnly && { readonly: 'true' }),
    ...(type !== 'vm' && { shift: 'true' }),
  };
}

function sharedSource(raw: RawInfra, key: string): string {
  const base = raw.global?.shared_volumes_base ?? DATA_DEFAULTS.shared;
  return `${base.replace(/\/+$/, '')}/${key}`;
}

function merged(raw: RawInfra, added: ReadonlyMap<string, Record<string, Device>>): RawInfra {
  if (added.size === 0) return raw;
  const domains = Object.entries(raw.domains ?? {}).map(([domain, body]) => {
    const machines = Object.entries(body.machines ?? {}).map(([name, machine]) => {
      const devices = added.get(`${domain}/${name}`);
      return [
        name,
        devices ? { ...machine, devices: { ...machine.devices, ...devices } } : machine,
      ];
    });
    return [domain, body.machines ? { ...body, machines: Object.fromEntries(machines) } : body];
  });
  return { ...raw, domains: Object.fromEntries(domains) };
}

function originOf(path: Path, origins: ReadonlyMap<string, Path>): Path {
  const source = path.length >= 6 && origins.get(path.slice(0, 6).join('/'));
  if (!source) return path;
  // What a rule says of the device's path stands at the path in the file.
  return path[6] === 'path' && source[0] !== 'shared_volumes' ? [...source, 'path'] : source;
}

function unknownConsumers(raw: RawInfra): Finding[] {
  const known = new Set([
    ...Object.keys(raw.domains ?? {}),
    ...machinesOf(raw).map(({ name }) => name),
  ]);
  return Object.entries(raw.shared_volumes ?? {}).flatMap(([key, share]: [string, RawShare]) =>
    Object.keys(share.consumers ?? {}).flatMap((name) =>
      known.has(name) ? [] : [unknownConsumer(name, ['shared_volumes', key, 'consumers', name])],
    ),
  );
}

function unknownConsumer(name: string, path: Path): Finding {
  return error(
    'unknown-consumer',
    path,
    {
      en: `There is no domain or machine '${name}' to share with.`,
      fr: `Il n'y a ni domaine ni machine « ${name} » avec qui partager.`,
    },
    { remedy: { en: 'Check the name.', fr: 'Vérifiez le nom.' } },
  );
}

function taken(device: string, path: Path): Finding {
  return error(
    'device-name-taken',
    path,
    {
      en: `This becomes the device '${device}', and the machine has one of that name.`,
      fr: `Cela devient le périphérique « ${device} », et la machine en a déjà un de ce nom.`,
    },
    { remedy: { en: 'Rename the device.', fr: 'Renommez le périphérique.' } },
  );
}
