import { printable } from '../../../base/system/index.ts';
import type { Instance } from '../../../incus/index.ts';
import { type Desired, isLocked, MARK } from '../../../world/tree/index.ts';
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
export function strangers(desired: Desired, instances: readonly Running[]): ProofFinding[] {
  const declared = new Set(
    desired.domains.flatMap(({ project, machines }) =>
      machines.map(({ instance }) => `${project}/${instance}`),
    ),
  );
  const projects = new Set(desired.domains.map(({ project }) => project));
  const bridges = new Set(desired.domains.map(({ network }) => network.name));
  return instances.flatMap((instance): ProofFinding[] => {
    const { name, project, config } = instance;
    if (instance.status === 'Stopped' || isDisposable(instance)) return [];
    if (declared.has(`${project}/${name}`)) return [];
    const isMarked = config[MARK.project] === desired.projectName;
    // A copy carries the marks of the machine that it was made of.
    if (isMarked && config[MARK.machine] !== undefined && isNamed(instance))
      return [undeclared(instance)];
    const joined = bridgesOf(instance).filter((bridge) => bridges.has(bridge));
    const isOurProject = project !== 'default' && projects.has(project);
    return isOurProject || joined.length > 0 ? [byHand(instance, joined)] : [];
  });
}

/** Without the engine: machines that anyone may have for a while and nothing declares. */
function isDisposable({ ephemeral, config }: Pick<Instance, 'ephemeral' | 'config'>): boolean {
  return ephemeral && config[MARK.disposable] !== undefined;
}

/** Whether the mark names this machine; a nesting prefix may stand before. */
function isNamed({ name, config }: Running): boolean {
  const machine = config[MARK.machine] ?? '';
  return name === machine || name.endsWith(`-${machine}`);
}

function bridgesOf({ expanded_devices }: Running): string[] {
  return Object.values(expanded_devices).flatMap((device) =>
    device.type === 'nic' ? [device.network ?? '', device.parent ?? ''] : [],
  );
}

function undeclared(instance: Running): ProofFinding {
  const { name, project } = instance;
  const shown = printable(name);
  const remove = isLocked(instance)
    ? `anklume instance remove ${shown} --force`
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
