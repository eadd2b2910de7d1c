import { octetsOf } from '../../base/system/index.ts';
import { assignHosts, FIREWALL_HOST, GATEWAY_HOST } from './addressing.ts';
import { bridgeNames } from './bridge-name.ts';
import { ceilingsOf } from './ceilings.ts';
import { DEFAULTS, nestingPrefix } from './defaults.ts';
import { describedMachines, managedPart } from './described.ts';
import { enrich, FIREWALL_MACHINE } from './enrich.ts';
import { error, type Finding } from './finding.ts';
import { address6, defaultBase6, network6, parseCidr6, parseIpv6 } from './ipv6.ts';
import { DOMAIN_KEYS, fieldsOf, GLOBAL_KEYS, IMAGE_KEYS, MACHINE_KEYS } from './keys/index.ts';
import { mapValues } from './mapping.ts';
import {
  certain,
  parseBridgeName,
  parseCidr,
  parseDomainName,
  parseIpv4,
  parseMachineName,
} from './names.ts';
import { type PlannedNetwork, planNetworks } from './networks.ts';
import { shareResources } from './resources.ts';
import type { RawDomain, RawInfra, RawMachine, RawPolicy } from './schema.ts';
import type { Config, Domain, Global, Infra, Machine, Policy, ResolveContext } from './types.ts';
import { roleVariables } from './variables.ts';
import { volumesOf } from './volumes.ts';
import { countedHosts, ZONE_DEFAULTS } from './zones.ts';

/**
 * Fills in everything that infra.yml leaves open. Expects a document that passed every rule;
 * what can only be seen once all is known (a full subnet, too little memory) comes back as findings.
 */
export function resolve(
  written: RawInfra,
  context: ResolveContext,
): { readonly infra: Infra; readonly findings: readonly Finding[] } {
  const { raw, findings: enriched } = enrich(managedPart(written));
  const described = describedMachines(written);
  const findings: Finding[] = [...enriched];
  const all = Object.entries(raw.domains ?? {}).sort(byName);
  const networks = networksOf(raw, findings);
  const prefix = nestingPrefix(raw, context);
  const bridges = bridgeNames(
    all.map(([name]) => name),
    prefix,
  );
  const base = raw.global?.base_subnet ?? DEFAULTS.baseSubnet;
  const base6 = raw.global?.base_subnet6 ?? defaultBase6(raw.project_name ?? '', base);
  const counts = raw.global?.addressing !== undefined;
  const domains = all.map(([name, body]) =>
    domainOf(name, body, { base6, prefix, networks, bridges, counts }, findings),
  );
  const enabled = domains.filter((domain) => raw.domains?.[domain.name]?.enabled !== false);
  const shared = shareResources(enabled, raw.global?.resource_policy, context.host);
  const known = new Set<string>([
    'host',
    ...enabled.flatMap((domain) => [domain.name, ...domain.machines.map(({ name }) => name)]),
  ]);
  const infra: Infra = {
    projectName: raw.project_name ?? '',
    global: globalOf(raw, enabled.some(({ ipv6 }) => ipv6) ? base6 : undefined),
    domains: shared.domains,
    policies: (raw.network_policies ?? [])
      .map(policyOf)
      // A policy of a domain that is left out has nothing to open.
      .filter(({ from, to }) => known.has(from) && known.has(to)),
    ...(described.length > 0 && { described }),
    ...(raw.services !== undefined && { services: raw.services }),
  };
  return { infra: frozen(infra), findings: [...findings, ...shared.findings] };
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The network of each domain; those for which none is left are told. */
function networksOf(raw: RawInfra, findings: Finding[]): ReadonlyMap<string, PlannedNetwork> {
  const planned = planNetworks(raw);
  for (const name of Object.keys(raw.domains ?? {}).sort())
    if (!planned.has(name))
      findings.push(
        error(
          'no-subnet-left',
          ['domains', name],
          {
            en: `There is no network left for the domain '${name}': all that can be chosen are in use.`,
            fr: `Il ne reste aucun réseau pour le domaine « ${name} » : tous ceux qui peuvent être attribués sont pris.`,
          },
          {
            remedy: raw.global?.addressing
              ? {
                  en: 'Remove a domain of this trust level, or give one another level.',
                  fr: "Retirez un domaine de ce niveau de confiance, ou changez le niveau de l'un d'eux.",
                }
              : {
                  en: 'Remove a domain, or give some a subnet_id of 61, 62 or 63.',
                  fr: 'Retirez un domaine, ou donnez à certains le subnet_id 61, 62 ou 63.',
                },
          },
        ),
      );
  return planned;
}

interface Surroundings {
  readonly base6: string;
  readonly prefix: string;
  readonly networks: ReadonlyMap<string, PlannedNetwork>;
  /** Addresses that are chosen are counted from .1 in the order of the file. */
  readonly counts: boolean;
  readonly bridges: ReadonlyMap<string, string>;
}

function domainOf(
  name: string,
  body: RawDomain,
  around: Surroundings,
  findings: Finding[],
): Domain {
  const { base = '0.0', subnetId = 0, group6 = '0' } = around.networks.get(name) ?? {};
  const network = `${base}.${subnetId}`;
  const written = Object.entries(body.machines ?? {});
  const machines = [...written].sort(byName);
  const hosts = hostParts(name, around.counts ? written : machines, around.counts, findings);
  const domain = certain(parseDomainName(name), name);
  return {
    name: domain,
    ...fieldsOf(DOMAIN_KEYS, body),
    subnetId,
    subnet: certain(parseCidr(`${network}.0/24`), network),
    gateway: certain(parseIpv4(`${network}.${GATEWAY_HOST}`), network),
    ...(body.ipv6 && { ipv6: domainIpv6(around.base6, group6) }),
    project: `${around.prefix}${name}`,
    bridge: certain(parseBridgeName(around.bridges.get(name) ?? ''), name),
    ...ceilingsOf(body.ceilings),
    profiles: Object.entries(body.profiles ?? {})
      .sort(byName)
      .map(([profile, { config = {}, devices = {} }]) => ({
        name: profile,
        config: texts(config),
        devices: mapValues(devices, texts),
      })),
    machines: machines.map(([machine, fields]) => {
      const host = hosts.get(machine) ?? 0;
      const ip6 = body.ipv6 ? address6(around.base6, group6, host) : undefined;
      return machineOf(machine, fields, domain, body, { ip: `${network}.${host}`, ip6 });
    }),
    ...(body.file_portal && {
      filePortal: {
        allowedPaths: body.file_portal.allowed_paths ?? [],
        readOnly: body.file_portal.read_only ?? true,
      },
    }),
  };
}

function domainIpv6(base: string, group: string): NonNullable<Domain['ipv6']> {
  const { subnet, gateway } = network6(base, group);
  return {
    subnet: certain(parseCidr6(subnet), subnet),
    gateway: certain(parseIpv6(gateway), gateway),
  };
}

function hostParts(
  domain: string,
  machines: readonly (readonly [string, RawMachine])[],
  counts: boolean,
  findings: Finding[],
): ReadonlyMap<string, number> {
  const given = new Map(
    machines.flatMap(([name, body]) => {
      const host = body.ip === undefined ? undefined : octetsOf(body.ip)?.[3];
      return host === undefined ? [] : [[name, host] as const];
    }),
  );
  const firewallIsFree = ![...given.values()].includes(FIREWALL_HOST);
  if (
    !given.has(FIREWALL_MACHINE) &&
    firewallIsFree &&
    machines.some(([name]) => name === FIREWALL_MACHINE)
  )
    given.set(FIREWALL_MACHINE, FIREWALL_HOST);
  const open = machines.map(([name]) => name).filter((name) => !given.has(name));
  const choose = counts ? countedHosts : assignHosts;
  const chosen = choose(open, new Set([...given.values(), GATEWAY_HOST, FIREWALL_HOST]));
  for (const name of open)
    if (!chosen.has(name))
      findings.push(
        error(
          'no-address-left',
          ['domains', domain, 'machines', name],
          {
            en: `There is no address left in the domain '${domain}' for '${name}'.`,
            fr: `Il ne reste aucune adresse dans le domaine « ${domain} » pour « ${name} ».`,
          },
          {
            remedy: {
              en: 'Move some machines to another domain.',
              fr: 'Déplacez des machines dans un autre domaine.',
            },
          },
        ),
      );
  return new Map([...given, ...chosen]);
}

function machineOf(
  name: string,
  body: RawMachine,
  domain: Domain['name'],
  parent: RawDomain,
  { ip, ip6 }: { readonly ip: string; readonly ip6: string | undefined },
): Machine {
  return {
    name: certain(parseMachineName(name), name),
    domain,
    ...fieldsOf(MACHINE_KEYS, body),
    type: body.type === 'vm' ? 'vm' : 'lxc',
    ip: certain(parseIpv4(ip), ip),
    ...(ip6 !== undefined && { ip6: certain(parseIpv6(ip6), ip6) }),
    ephemeral: body.ephemeral ?? parent.ephemeral ?? false,
    profiles: body.profiles ?? ['default'],
    config: texts(body.config ?? {}),
    devices: mapValues(body.devices ?? {}, texts),
    storageVolumes: volumesOf(body).map(({ name: volume, body: fields }) => ({
      name: volume,
      ...(fields.pool && { pool: fields.pool }),
      ...(fields.path && { path: fields.path }),
      ...(fields.size !== undefined && { size: String(fields.size) }),
      config: texts(fields.config ?? {}),
    })),
    ...(body.allow && body.allow.length > 0 && { allow: body.allow }),
    ...ceilingsOf(body.ceilings),
    ...(body.services !== undefined && { services: body.services }),
    vars: roleVariables(body),
  };
}

function policyOf(policy: RawPolicy): Policy {
  const { ports = 'all' } = policy;
  // A list of ports is one of TCP unless it says otherwise; all of them means every protocol.
  const protocol = policy.protocol ?? (ports === 'all' ? undefined : 'tcp');
  return {
    description: String(policy.description ?? ''),
    from: policy.from ?? '',
    to: policy.to ?? '',
    ports: ports === 'all' ? ports : [...new Set(ports)].sort((a, b) => a - b),
    ...(protocol && { protocol }),
    bidirectional: policy.bidirectional ?? false,
  };
}

function globalOf({ global = {} }: RawInfra, base6: string | undefined): Global {
  const assistant = global.ai_access_default && parseDomainName(global.ai_access_default);
  return {
    baseSubnet: global.base_subnet ?? DEFAULTS.baseSubnet,
    ...(global.addressing && {
      addressing: {
        baseOctet: global.addressing.base_octet ?? ZONE_DEFAULTS.baseOctet,
        zoneBase: global.addressing.zone_base ?? ZONE_DEFAULTS.zoneBase,
      },
    }),
    ...(base6 !== undefined && { baseSubnet6: base6 }),
    defaultImage: global.default_os_image ?? DEFAULTS.image,
    ...fieldsOf(GLOBAL_KEYS, global),
    ...(assistant && { aiAccessDefault: assistant }),
    ...imagesOf(global),
  };
}

function imagesOf(global: NonNullable<RawInfra['global']>): Pick<Global, 'images'> {
  const images = fieldsOf(IMAGE_KEYS, global);
  return Object.keys(images).length > 0 ? { images } : {};
}

function texts(settings: Readonly<Record<string, string | number | boolean>>): Config {
  return mapValues(settings, String);
}

/** Later stages share this value, so nobody may change it, not even by mistake. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) frozen(part);
  }
  return value;
}
