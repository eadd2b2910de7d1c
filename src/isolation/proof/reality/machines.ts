import { printable } from '../../../base/system/index.ts';
import type { Instance, Network } from '../../../incus/index.ts';
import {
  type Desired,
  DISPOSABLE_PORT,
  isLocked,
  MARK,
  networkCard,
} from '../../../world/tree/index.ts';
import type { ProofFinding } from './finding.ts';

/** What runs on a daemon, as far as it is looked at here. */
export type Running = Pick<
  Instance,
  | 'name'
  | 'project'
  | 'status'
  | 'ephemeral'
  | 'config'
  | 'expanded_config'
  | 'devices'
  | 'expanded_devices'
>;

/** Running machines in our projects or on our bridges that the wanted world does not have. */
export function strangers(
  desired: Desired,
  instances: readonly Running[],
  networks: readonly Pick<Network, 'name' | 'config'>[] = [],
): ProofFinding[] {
  // What stands on a network of another kind stands on that one's parent.
  const parents = new Map(networks.map(({ name, config }) => [name, config.parent ?? '']));
  const declared = new Set(
    desired.domains.flatMap(({ project, machines }) =>
      machines.map(({ instance }) => `${project}/${instance}`),
    ),
  );
  const projects = new Set(desired.domains.map(({ project }) => project));
  const bridges = new Set(desired.domains.map(({ network }) => network.name));
  return instances.flatMap((instance): ProofFinding[] => {
    const { name, project, config } = instance;
    if (instance.status === 'Stopped' || isDisposable(desired, instance)) return [];
    if (declared.has(`${project}/${name}`)) return [];
    const isMarked = config[MARK.project] === desired.projectName;
    // A copy carries the marks of the machine that it was made of.
    if (isMarked && config[MARK.machine] !== undefined && isNamed(instance))
      return [undeclared(instance)];
    const joined = bridgesOf(instance, parents).filter((bridge) => bridges.has(bridge));
    const isOurProject = project !== 'default' && projects.has(project);
    return isOurProject || joined.length > 0 ? [byHand(instance, joined)] : [];
  });
}

/**
 * Machines that anyone may have for a while and nothing declares, as `disp` makes them in a domain: with one NIC, pinned
 * as its name says. A mark alone makes none.
 */
function isDisposable({ domains, projectName }: Desired, instance: Running): boolean {
  const { name, project, ephemeral, config, expanded_devices } = instance;
  const domain = domains.find((one) => one.project === project);
  if (!ephemeral || config[MARK.disposable] === undefined || !domain) return false;
  const marks = {
    [MARK.id]: `instance:${project}/${name}`,
    [MARK.project]: projectName,
    [MARK.domain]: domain.name,
  };
  if (!Object.entries(marks).every(([key, value]) => config[key] === value)) return false;
  const { eth0 = {}, ...others } = expanded_devices;
  const carrier = { instance: name, ip: eth0['ipv4.address'] ?? '', devices: {} };
  const card = networkCard(domain, { ...carrier, profiles: ['default'] }, DISPOSABLE_PORT) ?? {};
  return (
    Object.entries(card).every(([key, value]) => eth0[key] === value) &&
    // Beside it there is the root disk of its profile.
    Object.values(others).every(({ type, path }) => type === 'disk' && path === '/')
  );
}

/** Whether the mark names this machine; a nesting prefix may stand before. */
function isNamed({ name, config }: Running): boolean {
  const machine = config[MARK.machine] ?? '';
  return name === machine || name.endsWith(`-${machine}`);
}

function bridgesOf({ expanded_devices }: Running, parents: ReadonlyMap<string, string>): string[] {
  const joined = Object.values(expanded_devices).flatMap(({ type, network = '', parent = '' }) =>
    type === 'nic' ? [network, parent, parents.get(network) ?? ''] : [],
  );
  return [...new Set(joined)];
}

function undeclared(instance: Running): ProofFinding {
  const { name, project } = instance;
  const shown = printable(name);
  const remove = isLocked(instance)
    ? `anklume instance delete ${shown} --force`
    : `anklume up --prune`;
  return {
    code: 'undeclared-machine',
    place: `${project}/${name}`,
    text: {
      en: `${shown} (project ${printable(project)}) is no longer declared, and runs`,
      fr: `${shown} (projet ${printable(project)}) n'est plus déclarée, et tourne`,
    },
    remedy: {
      en: `Declare it again, or delete it: '${remove}'.`,
      fr: `Déclarez-la de nouveau, ou supprimez-la : « ${remove} ».`,
    },
  };
}

function byHand({ name, project }: Running, joined: readonly string[]): ProofFinding {
  const shown = printable(name);
  const where = joined.map(printable).join(', ');
  return {
    code: 'machine-by-hand',
    place: `${project}/${name}`,
    text: {
      en: `${shown} (project ${printable(project)}) runs${where ? ` on ${where}` : ''}, and infra.yml does not know it`,
      fr: `${shown} (projet ${printable(project)}) tourne${where ? ` sur ${where}` : ''}, et infra.yml ne la connaît pas`,
    },
    remedy: {
      en: `Declare it in infra.yml, or stop it: anklume incus -- stop ${shown} --project ${printable(project)}`,
      fr: `Déclarez-la dans infra.yml, ou arrêtez-la : anklume incus -- stop ${shown} --project ${printable(project)}`,
    },
  };
}
