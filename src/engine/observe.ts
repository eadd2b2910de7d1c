import { type Host, run } from '../base/system/index.ts';
import { couldBeRead, type Incus, type StoragePool } from '../incus/index.ts';
import type { Desired } from '../world/tree/index.ts';
import { QUOTA_DRIVERS } from './ceilings.ts';
import { isDisposable } from './marks.ts';
import type { Observed, ObservedPool } from './observed.ts';
import { ownInstances, ownProfile, ownVolume } from './own-marks.ts';
import { heldBytes } from './perform/held.ts';
import { wantsGpu } from './resources/instance-spec.ts';
import { type Shrink, shrinksOf } from './shrinks.ts';
import { specsOf } from './specs.ts';

/** Reads the whole state in eight list calls and one for each pool, whatever the number of machines. */
export async function observe(incus: Incus): Promise<Observed> {
  const [server, networks, projects, profiles, stores, images, all] = await Promise.all([
    incus.server(),
    incus.networks.list(),
    incus.projects.list(),
    incus.profiles.list(),
    poolsAndVolumes(incus),
    incus.images.list(),
    incus.instances.list(),
  ]);
  const instances = ownInstances(all);
  return {
    server,
    networks,
    projects,
    profiles: profiles.map(ownProfile),
    ...stores,
    images,
    instances: instances.filter((one) => couldBeRead(one) && !isDisposable(one)),
    disposables: instances.filter((one) => couldBeRead(one) && isDisposable(one)),
    unreadable: instances.filter((one) => !couldBeRead(one)),
  };
}

/**
 * What was observed, with a ninth call where `desired` asks for a GPU and one for each disk that is to become smaller.
 * Nothing more is needed to make a plan.
 */
export async function observeDetails(
  incus: Incus,
  desired: Desired,
  observed: Observed,
  host?: Host,
): Promise<Observed> {
  const shrinks = shrinksOf(specsOf(desired, observed), observed);
  const [gpus, usage] = await Promise.all([
    asksForGpu(desired) ? countGpus(incus) : undefined,
    shrinks.length > 0 ? usageOf(incus, shrinks, host) : undefined,
  ]);
  return { ...observed, ...(gpus !== undefined && { gpus }), ...(usage && { usage }) };
}

/** What was written a moment ago counts as well: file systems do not know of it before it is on the disk. */
async function usageOf(
  incus: Incus,
  shrinks: readonly Shrink[],
  host: Host | undefined,
): Promise<Record<string, number>> {
  const [first = 'sync', ...rest] = [...(host?.enter ?? []), 'sync'];
  if (host) await run([first, ...rest], { accept: [0, 1] });
  const found = await Promise.all(
    shrinks.map(async ({ holder, place }) => [holder, await heldBytes(incus, place)] as const),
  );
  return Object.fromEntries(
    found.flatMap(([holder, bytes]) => (bytes === undefined ? [] : [[holder, bytes]])),
  );
}

async function poolsAndVolumes(incus: Incus): Promise<Pick<Observed, 'pools' | 'volumes'>> {
  const pools = await incus.pools.list();
  const usable = pools.filter((pool) => pool.status === 'Created');
  const [volumes, measured] = await Promise.all([
    Promise.all(usable.map((pool) => incus.volumes.list(pool.name))),
    Promise.all(pools.map((pool) => withSpace(incus, pool))),
  ]);
  return { pools: measured, volumes: volumes.flat().map(ownVolume) };
}

async function withSpace(incus: Incus, pool: StoragePool): Promise<ObservedPool> {
  if (pool.status !== 'Created' || !QUOTA_DRIVERS.includes(pool.driver)) return pool;
  return { ...pool, space: await incus.pools.space(pool.name) };
}

function asksForGpu(desired: Desired): boolean {
  return desired.domains.some((domain) =>
    domain.machines.some((machine) => wantsGpu(domain, machine)),
  );
}

async function countGpus(incus: Incus): Promise<number> {
  return (await incus.resources()).gpu.total;
}
