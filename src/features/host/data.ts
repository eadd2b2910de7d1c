import { readdir } from 'node:fs/promises';
import { type Incus, locateSocket } from '../../incus/index.ts';
import { withIncus } from './changes/incus.ts';
import type { Entry } from './ledger.ts';

/** What a person keeps in Incus. */
export interface Data {
  readonly instances: number;
  readonly volumes: number;
  /** Those that nobody can fetch again. */
  readonly images: number;
  /** Projects, profiles, networks and pools that bootstrap did not make. */
  readonly settings: number;
  /** There is something, and no daemon answers that could say what. */
  readonly unseen: boolean;
}

const NOTHING: Data = { instances: 0, volumes: 0, images: 0, settings: 0, unseen: false };

/** What this host's Incus holds beside what the ledger says. */
export async function readData(entries: readonly Entry[]): Promise<Data> {
  const socket = await locateSocket(process.env).catch(() => undefined);
  if (socket === undefined) return { ...NOTHING, unseen: await hasDatabase() };
  const ours = entries.map(({ name }) => name);
  return withIncus(async (incus) => {
    const others = await othersIn(incus);
    return {
      instances: (await incus.instances.list()).length,
      volumes: (await volumesOf(incus)).length,
      images: (await imagesOf(incus)).filter(({ cached }) => cached !== true).length,
      settings: others.filter((one) => !ours.includes(one)).length,
      unseen: false,
    };
  });
}

/** Incus ran here at least once. */
export async function hasDatabase(): Promise<boolean> {
  return (await readdir('/var/lib/incus/database').catch(() => [])).length > 0;
}

/** Whether there is anything that a removal of Incus would lose. */
export function holdsData({ instances, volumes, images, settings, unseen }: Data): boolean {
  return unseen || instances + volumes + images + settings > 0;
}

async function othersIn(incus: Incus): Promise<string[]> {
  const [projects, profiles, networks, pools] = await Promise.all([
    incus.projects.list(),
    incus.profiles.list(),
    incus.networks.list(),
    incus.pools.list(),
  ]);
  return [
    ...projects.flatMap(({ name }) => (name === 'default' ? [] : [`project:${name}`])),
    ...profiles.flatMap(({ name }) => (name === 'default' ? [] : [`profile:${name}`])),
    ...networks.flatMap(({ name, managed }) => (managed ? [`network:${name}`] : [])),
    ...pools.map(({ name }) => `pool:${name}`),
  ];
}

/** Deletes all that Incus holds but what is in the ledger: for an Incus that bootstrap installed or initialised. */
export async function eraseAll(entries: readonly Entry[]): Promise<void> {
  const ours = entries.map(({ name }) => name);
  const socket = await locateSocket(process.env).catch(() => undefined);
  if (socket === undefined) return;
  await withIncus(async (incus) => {
    for (const { name, project, status, config } of await incus.instances.list()) {
      if (status !== 'Stopped')
        await incus.instances.setState(name, 'stop', { project, force: true });
      if (config['security.protection.delete'])
        await incus.instances.patch(
          name,
          { config: { 'security.protection.delete': '' } },
          { project },
        );
      await incus.instances.delete(name, { project });
    }
    for (const { pool, name, project } of await volumesOf(incus))
      await incus.volumes.delete(pool, name, { project });
    for (const { fingerprint, project } of await imagesOf(incus))
      await incus.images.delete(fingerprint, { project });
    for (const { name, project } of await incus.profiles.list())
      if (name !== 'default') await incus.profiles.delete(name, { project });
    for (const { name } of await incus.projects.list())
      if (name !== 'default') await incus.projects.delete(name);
    for (const { name, managed } of await incus.networks.list())
      if (managed && !ours.includes(`network:${name}`)) await incus.networks.delete(name);
    for (const { name } of await incus.pools.list())
      if (!ours.includes(`pool:${name}`)) await incus.pools.delete(name);
  });
}

async function volumesOf(incus: Incus) {
  const pools = await incus.pools.list();
  return (await Promise.all(pools.map(({ name }) => incus.volumes.list(name)))).flat();
}

/** Of all projects that have their own. */
async function imagesOf(incus: Incus) {
  const projects = await incus.projects.list();
  const all = await Promise.all(
    projects
      .filter(({ name, config }) => name === 'default' || config['features.images'] === 'true')
      .map(({ name: project }) => incus.images.list({ project })),
  );
  return all.flat();
}
