import { AnklumeError, type Emit, type Text } from '../../../base/messages/index.ts';
import { type Host, run } from '../../../base/system/index.ts';
import { ensureImage } from '../../../images/index.ts';
import { type Incus, type Instance, isNotFound } from '../../../incus/index.ts';
import { startMachine } from '../../../repair/index.ts';
import type { Kind } from './kind.ts';
import { freeGateway, MARK, NESTING, RUNNER, VM_LIMITS } from './place.ts';

/** The daemon that a runner is made on. */
export interface Ground {
  readonly incus: Incus;
  /** Where the daemon runs; absent for a remote. */
  readonly host?: Host;
  readonly emit: Emit;
  readonly signal?: AbortSignal;
}

/** The runner as the daemon has it; undefined where there is none. Throws `test-runner-foreign`. */
export async function findRunner({ incus, signal }: Ground): Promise<Instance | undefined> {
  const all = await incus.instances.list({ ...(signal && { signal }) });
  const found = all.find(
    ({ name, project }) => name === RUNNER.instance && project === RUNNER.project,
  );
  if (found && found.config[MARK] !== 'true') throw foreign('machine', 'la machine', found.name);
  return found;
}

/** Makes what is missing of the runner's project, bridge, profile and machine, and starts it. */
export async function makeRunner(ground: Ground, kind: Kind, image: string): Promise<void> {
  const { incus, signal } = ground;
  const common = { ...(signal && { signal }) };
  await makeProject(ground);
  await makeNetwork(ground);
  const existing = await findRunner(ground);
  if (existing) {
    if (existing.status !== 'Running')
      await startMachine(incus, { name: RUNNER.instance, project: RUNNER.project }, ground);
    return;
  }
  const pool = await poolOf(ground);
  const fingerprint = await ensureImage(incus, image, {
    type: kind.type,
    emit: ground.emit,
    ...(ground.host && { host: ground.host }),
    ...common,
  });
  const isContainer = kind.type === 'container';
  await incus.instances.create(
    {
      name: RUNNER.instance,
      type: kind.type,
      description: "Runs anklume's own tests; 'anklume dev test-runner-delete' removes it",
      start: true,
      source: { type: 'image', fingerprint },
      profiles: isContainer ? [RUNNER.profile] : [],
      config: { ...(!isContainer && VM_LIMITS), [MARK]: 'true' },
      devices: {
        root: { type: 'disk', pool, path: '/', ...(!isContainer && { size: '30GiB' }) },
        eth0: { type: 'nic', network: RUNNER.network, name: 'eth0' },
      },
    },
    { project: RUNNER.project, ...common },
  );
}

async function makeProject({ incus, signal }: Ground): Promise<void> {
  const common = { ...(signal && { signal }) };
  const projects = await incus.projects.list(common);
  const there = projects.find(({ name }) => name === RUNNER.project);
  if (there && there.config[MARK] !== 'true') throw foreign('project', 'le projet', there.name);
  if (!there)
    await incus.projects.create(
      {
        name: RUNNER.project,
        description: "The machine that runs anklume's own tests",
        config: {
          'features.images': 'false',
          'features.networks': 'false',
          'features.profiles': 'true',
          'features.storage.volumes': 'true',
          [MARK]: 'true',
        },
      },
      common,
    );
  const profiles = await incus.profiles.list(common);
  if (!profiles.some((one) => one.project === RUNNER.project && one.name === RUNNER.profile))
    await incus.profiles.create(
      { name: RUNNER.profile, description: 'A host of containers', config: NESTING, devices: {} },
      { project: RUNNER.project, ...common },
    );
}

async function makeNetwork({ incus, host, signal }: Ground): Promise<void> {
  const common = { ...(signal && { signal }) };
  const networks = await incus.networks.list(common);
  const there = networks.find(({ name }) => name === RUNNER.network);
  if (there && there.config[MARK] !== 'true') throw foreign('network', 'le réseau', there.name);
  if (there) return;
  const taken = [
    ...networks.map(({ config }) => config['ipv4.address'] ?? ''),
    ...(host ? await routesOf(host) : []),
  ];
  const gateway = freeGateway(taken);
  if (gateway === undefined) throw noAddress();
  const config = { 'ipv4.address': gateway, 'ipv4.nat': 'true', 'ipv6.address': 'none' };
  await incus.networks.create(
    { name: RUNNER.network, type: 'bridge', config: { ...config, [MARK]: 'true' } },
    common,
  );
}

/** Destinations that the host has a route to. */
async function routesOf({ enter }: Host): Promise<string[]> {
  const { stdout } = await run([...enter, 'ip', '-4', 'route', 'show', 'table', 'all']);
  return stdout.split('\n').map((line) => /^(?:\w+ )?([0-9./]+) /.exec(line)?.[1] ?? '');
}

/** The pool 'default', else the first that there is. */
async function poolOf({ incus, signal }: Ground): Promise<string> {
  const names = (await incus.pools.list({ ...(signal && { signal }) })).map(({ name }) => name);
  const name = names.includes('default') ? 'default' : names[0];
  if (name !== undefined) return name;
  throw new AnklumeError({
    code: 'test-runner-no-pool',
    message: {
      en: 'The daemon has no storage pool for the test runner.',
      fr: "Le démon n'a pas de pool de stockage pour la machine d'essai.",
    },
    remedy: {
      en: "'anklume incus -- admin init' or 'anklume incus -- storage create default dir' makes one.",
      fr: '« anklume incus -- admin init » ou « anklume incus -- storage create default dir » en crée un.',
    },
  });
}

/** Takes away what there is of the runner. Gives whether there was anything. */
export async function removeRunner(ground: Ground): Promise<boolean> {
  const { incus, signal } = ground;
  const common = { ...(signal && { signal }) };
  const inProject = { project: RUNNER.project, ...common };
  const runner = await findRunner(ground);
  if (runner) {
    await incus.instances.setState(RUNNER.instance, 'stop', { ...inProject, force: true });
    await gone(incus.instances.delete(RUNNER.instance, inProject));
  }
  const project = (await incus.projects.list(common)).find(({ name }) => name === RUNNER.project);
  if (project?.config[MARK] === 'true') {
    await gone(incus.profiles.delete(RUNNER.profile, inProject));
    await gone(incus.projects.delete(RUNNER.project, common));
  }
  const network = (await incus.networks.list(common)).find(({ name }) => name === RUNNER.network);
  const ours = network?.config[MARK] === 'true';
  if (ours) await gone(incus.networks.delete(RUNNER.network, common));
  return runner !== undefined || project?.config[MARK] === 'true' || ours;
}

/** What somebody else removed meanwhile is removed. */
async function gone(removal: Promise<void>): Promise<void> {
  await removal.catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}

function foreign(what: string, quoi: string, name: string): AnklumeError {
  return new AnklumeError({
    code: 'test-runner-foreign',
    message: {
      en: `The ${what} '${name}' was not made for the test runner by anklume, so it is left alone.`,
      fr: `${quoi.charAt(0).toUpperCase()}${quoi.slice(1)} « ${name} » n'a pas été créé par anklume pour les essais ; rien n'y est touché.`,
    },
    remedy: { en: 'Rename or remove it first.', fr: "Renommez-le ou supprimez-le d'abord." },
  });
}

function noAddress(): AnklumeError {
  const message: Text = {
    en: "All of 10.209.1.0/24 to 10.209.254.0/24 is in use: there is no address for the test runner's bridge.",
    fr: "Tout de 10.209.1.0/24 à 10.209.254.0/24 est utilisé : il n'y a pas d'adresse pour le pont de la machine d'essai.",
  };
  return new AnklumeError({ code: 'test-runner-no-address', message });
}
