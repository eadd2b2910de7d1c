import { kebab } from '../../base/system/index.ts';
import type { Domain, Infra, Machine } from './types.ts';

type Document = Readonly<Record<string, unknown>>;

/**
 * A resolved world as an infra.yml with nothing left open: every default and address is written out, in the file's
 * own keys. Loading it gives the same world again.
 */
export function writtenOut({ projectName, global, domains, policies, ...more }: Infra): Document {
  const { described = [], services } = more;
  const { images = {}, addressing, baseSubnet, defaultImage, ...plain } = global;
  return {
    project_name: projectName,
    global: {
      ...(addressing ? { addressing: keys(addressing) } : { base_subnet: baseSubnet }),
      ...keys(plain),
      default_os_image: defaultImage,
      ...renamed(images, {
        exportForNesting: 'incus_images_export_for_nesting',
        folder: 'incus_images_export_dir',
        downloadTimeout: 'incus_images_download_timeout',
      }),
    },
    domains: {
      ...Object.fromEntries(domains.map((domain) => [domain.name, domainOut(domain)])),
      ...describedOut(described),
    },
    ...(policies.length > 0 && { network_policies: policies.map(keys) }),
    ...(services !== undefined && { services }),
  };
}

/** What follows from the rest is left out: loading it works the same out again. */
function domainOut(domain: Domain): Document {
  const { name: _n, subnet: _s, gateway: _g, project: _p, bridge: _b, ...own } = domain;
  const { machines, profiles, ipv6, filePortal, ...plain } = own;
  return {
    ...keys(plain),
    ...(ipv6 && { ipv6: true }),
    ...(filePortal && { file_portal: keys(filePortal) }),
    ...(profiles.length > 0 && { profiles: byName(profiles) }),
    machines: Object.fromEntries(machines.map((machine) => [machine.name, machineOut(machine)])),
  };
}

function machineOut(machine: Machine): Document {
  const { name: _n, domain: _d, ip6: _i, image, storageVolumes, vars, ...plain } = machine;
  return {
    ...keys(plain),
    ...(image !== undefined && { os_image: image }),
    ...(storageVolumes.length > 0 && { storage_volumes: byName(storageVolumes) }),
    ...vars,
  };
}

/** Domains that are only described stand beside the others, as they were written. */
function describedOut(machines: NonNullable<Infra['described']>): Document {
  const domains = new Map<string, Record<string, unknown>>();
  for (const { name, domain, project: _p, ...plain } of machines) {
    const inside = domains.get(domain) ?? {};
    domains.set(domain, { ...inside, [name]: keys(plain) });
  }
  return Object.fromEntries(
    [...domains].map(([name, inside]) => [name, { managed: false, machines: inside }]),
  );
}

function byName(named: readonly { readonly name: string }[]): Document {
  return Object.fromEntries(named.map(({ name, ...rest }) => [name, rest]));
}

/** `defaultUser` is `default_user` in the file. Empty lists and texts say nothing there. */
function keys(fields: object): Document {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0))
      .map(([key, value]) => [kebab(key, '_'), value]),
  );
}

function renamed(fields: object, names: Readonly<Record<string, string>>): Document {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [names[key] ?? key, value]),
  );
}
