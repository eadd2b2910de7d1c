import { VERSION } from '../../base/system/index.ts';
import {
  DOMAIN_KEYS,
  type Domain,
  GLOBAL_KEYS,
  IMAGE_KEYS,
  type Infra,
  MACHINE_KEYS,
  type Machine,
  type Policy,
  type StorageVolume,
  variablesOf,
} from '../infra/index.ts';
import { type TreeFile, treePath } from './layout.ts';
import { PLAYBOOK_FILES } from './playbook.ts';
import { VERSION_VARIABLE } from './version.ts';
import { variablesText } from './yaml-text.ts';

/** The managed content of every file of the tree, sorted by path. Same world, same bytes. */
export function renderTree(infra: Infra): TreeFile[] {
  const files = [
    ...PLAYBOOK_FILES,
    treeFile(treePath('group_vars', 'all'), globalVariables(infra), ONLY_FOR_PLAYBOOKS),
    ...infra.domains.flatMap((domain) => [
      treeFile(treePath('inventory', domain.name), inventory(domain)),
      treeFile(treePath('group_vars', domain.name), domainVariables(domain)),
      ...domain.machines.map((machine) => machineFile(machine, domain)),
    ]),
  ];
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

type Variables = Readonly<Record<string, unknown>>;

/**
 * `templates` names the variables in which `{{ ... }}` is a template: those that nobody but Ansible reads. Everything
 * else is text, wherever infra.yml has it from (`anklume import` copies what a daemon says), and no play may run it.
 */
function treeFile(path: string, variables: Variables, templates: readonly string[] = []): TreeFile {
  return { path, content: variablesText(variables, new Set(templates)), variables };
}

const ONLY_FOR_PLAYBOOKS = ['psot_default_connection', 'psot_default_user'];

function inventory(domain: Domain): Variables {
  const hosts = Object.fromEntries(
    domain.machines.map((machine) => [machine.name, { ansible_host: machine.ip }]),
  );
  return { all: { children: { [domain.name]: { hosts } } } };
}

/**
 * Connection and user are told under names of our own: as `ansible_connection` they would send
 * the infrastructure phase, which runs on the host, into the machines.
 */
function globalVariables(infra: Infra): Variables {
  const { global } = infra;
  const { psot_default_connection, psot_default_user, ai_vram_flush, nesting_prefix, ...others } =
    variablesOf(GLOBAL_KEYS, global);
  return present({
    [VERSION_VARIABLE]: VERSION,
    project_name: infra.projectName,
    base_subnet: global.addressing ? undefined : global.baseSubnet,
    addressing: global.addressing && {
      base_octet: global.addressing.baseOctet,
      zone_base: global.addressing.zoneBase,
    },
    base_subnet6: global.baseSubnet6,
    default_os_image: global.defaultImage,
    psot_default_connection,
    psot_default_user,
    incus_all_images: imagesInUse(infra),
    ...variablesOf(IMAGE_KEYS, global.images ?? {}),
    network_policies: infra.policies.map(policy),
    ...others,
    ai_access_default: global.aiAccessDefault,
    ai_vram_flush,
    nesting_prefix,
    described_machines: infra.described,
  });
}

function imagesInUse(infra: Infra): string[] {
  const images = infra.domains.flatMap((domain) =>
    domain.machines.map((machine) => machine.image ?? infra.global.defaultImage),
  );
  return [...new Set(images)].sort();
}

function policy(policy: Policy): Variables {
  const { description, from, to, ports, protocol, bidirectional } = policy;
  return { from, to, ports, ...(protocol && { protocol }), bidirectional, description };
}

function domainVariables(domain: Domain): Variables {
  const profiles = domain.profiles.map(({ name, config, devices }) => [name, { config, devices }]);
  const { domain_lan, ...others } = variablesOf(DOMAIN_KEYS, domain);
  return present({
    domain_name: domain.name,
    ...others,
    domain_ceilings: domain.ceilings,
    domain_lan,
    incus_project: domain.project,
    incus_network: network(domain),
    subnet_id: domain.subnetId,
    incus_profiles: profiles.length > 0 ? Object.fromEntries(profiles) : undefined,
  });
}

function network({ bridge, subnet, gateway, ipv6 }: Domain): Variables {
  const sixth = ipv6 && { subnet6: ipv6.subnet, gateway6: ipv6.gateway };
  return { name: bridge, subnet, gateway, ...sixth };
}

function machineFile(machine: Machine, domain: Domain): TreeFile {
  const managed = machineVariables(machine, domain);
  // A role named `instance` cannot take over what the machine itself is.
  const roles = Object.keys(machine.vars).filter((name) => !Object.hasOwn(managed, name));
  const variables = { ...managed, ...machine.vars, ...managed };
  return treeFile(treePath('host_vars', machine.name), variables, roles);
}

function machineVariables(machine: Machine, domain: Domain): Variables {
  const { instance_description, instance_os_image, instance_gpu, instance_roles, ...others } =
    variablesOf(MACHINE_KEYS, machine);
  return present({
    instance_name: `${nestingPrefix(domain)}${machine.name}`,
    instance_type: machine.type,
    instance_description,
    instance_domain: machine.domain,
    instance_ephemeral: machine.ephemeral,
    instance_os_image,
    instance_ip: machine.ip,
    instance_ip6: machine.ip6,
    instance_profiles: machine.profiles,
    instance_config: filled(machine.config),
    instance_devices: filled(machine.devices),
    instance_gpu,
    instance_storage_volumes: filled(machine.storageVolumes.map(volume)),
    instance_roles,
    instance_allow: machine.allow,
    instance_ceilings: machine.ceilings,
    ...others,
  });
}

/** What the Incus-facing names of a domain carry in front when nested names are told apart by level. */
function nestingPrefix(domain: Domain): string {
  return domain.project.endsWith(domain.name) ? domain.project.slice(0, -domain.name.length) : '';
}

function volume({ name, pool, path, size, config }: StorageVolume): Variables {
  return present({ name, pool, path, size, config: filled(config) });
}

function present(variables: Variables): Variables {
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined));
}

/** The collection, or nothing when it holds nothing. */
function filled<T extends object>(collection: T): T | undefined {
  return Object.keys(collection).length > 0 ? collection : undefined;
}
