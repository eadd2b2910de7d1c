import { AnklumeError } from '../../base/messages/index.ts';
import {
  ASIDE_PROJECT,
  asideName,
  MARK,
  ORIGIN,
  type Origin,
  ownInstances,
  ownVolume,
  type PlanEntry,
  parseOrigin,
} from '../../engine/index.ts';
import {
  type Incus,
  type Instance,
  type InstancePut,
  isInstancePath,
  isKind,
  isNotFound,
  readAndWrite,
  type StorageVolume,
} from '../../incus/index.ts';
import { type Repairs, repaired } from '../../repair/index.ts';

/** On the Incus project that we made for it. */
const OUR_PROJECT = 'user.anklume.trash';

/** A machine or a volume that was put aside, wherever an interruption left it. */
export interface Aside {
  readonly kind: 'instance' | 'volume';
  /** Where it is now. */
  readonly project: string;
  readonly name: string;
  readonly pool?: string;
  readonly origin: Origin;
}

/** All that was put aside of an infrastructure. */
export function asideOf(
  projectName: string,
  instances: readonly Instance[],
  volumes: readonly StorageVolume[],
): Aside[] {
  const ours = (config: Readonly<Record<string, string>>) =>
    [config[MARK.asideOf], config[MARK.project]].includes(projectName);
  const all = [
    ...ownInstances(instances).map((one) => ({
      ...one,
      kind: 'instance' as const,
      pool: undefined,
    })),
    ...volumes.map((one) => ({ ...ownVolume(one), kind: 'volume' as const })),
  ];
  return all.flatMap(({ kind, project, name, pool, config }) => {
    const origin = ours(config) ? parseOrigin(config[ORIGIN]) : undefined;
    return origin ? [{ kind, project, name, origin, ...(pool !== undefined && { pool }) }] : [];
  });
}

/** Puts machines and volumes aside instead of removing them, in the run with this stamp. */
export function asideKeeper(
  incus: Incus,
  projectName: string,
  stamp: string,
  repairs: Repairs = {},
) {
  let project: Promise<void> | undefined;
  return async (entry: Extract<PlanEntry, { action: 'delete' }>): Promise<void> => {
    project ??= ensureProject(incus);
    await project;
    const place = { project: entry.project ?? '', name: entry.name };
    try {
      if (entry.kind === 'instance')
        await repaired(incus, place, repairs, () =>
          instanceAside(incus, projectName, stamp, place),
        );
      else await volumeAside(incus, projectName, stamp, { ...place, pool: entry.pool ?? '' });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  };
}

interface Place {
  readonly project: string;
  readonly name: string;
}

/**
 * Nothing that ties it to its place comes along: profiles, cards and volumes would not exist there. What a killed run
 * began is this run's from now on, as the way back is counted by runs; a copy that it left is of no use, for the whole
 * is still here.
 */
async function instanceAside(incus: Incus, projectName: string, stamp: string, place: Place) {
  const { project, name } = place;
  // A killed run may have asked for the move already.
  const settled = () => incus.operations.settled((path) => isInstancePath(path, place));
  await settled();
  await incus.instances.setState(name, 'stop', { project, force: true });
  let origin: Origin = { stamp, project, name, profiles: [], devices: {} };
  let begun: Origin | undefined;
  await readAndWrite(
    () => incus.instances.get(name, { project }),
    (live): InstancePut => {
      begun = parseOrigin(live.config[ORIGIN]);
      // Under the name that it had then: a move that was cut off may have given it another.
      const { profiles, devices } = begun ?? live;
      origin = { ...(begun ?? { project, name }), stamp, profiles, devices };
      const { [MARK.project]: _, ...config } = live.config;
      const root = Object.entries(live.expanded_devices).filter(([, { path }]) => path === '/');
      return {
        ...putOf(live),
        profiles: [],
        devices: Object.fromEntries(root),
        config: {
          ...config,
          'security.protection.delete': 'false',
          [MARK.asideOf]: projectName,
          [ORIGIN]: JSON.stringify(origin),
        },
      };
    },
    (put, etag) => incus.instances.update(name, put, { project, etag }),
  );
  const remove = (one: Origin) =>
    incus.instances.delete(asideName(one), { project: ASIDE_PROJECT });
  if (begun) await absent(remove(begun));
  const to = { project: ASIDE_PROJECT, name: asideName(origin) };
  await moveAfresh({
    move: () => incus.instances.move(name, to, { project }),
    settled,
    isAtStart: () => exists(incus.instances.get(name, { project })),
    clear: () => remove(origin),
  });
}

async function volumeAside(
  incus: Incus,
  projectName: string,
  stamp: string,
  { project, name, pool }: Place & { readonly pool: string },
) {
  const path = `/volumes/custom/${name}`;
  const settled = () => incus.operations.settled((one) => one.includes(path));
  await settled();
  let origin: Origin = { stamp, project, name, profiles: [], devices: {} };
  let begun: Origin | undefined;
  await readAndWrite(
    () => incus.volumes.get(pool, name, { project }),
    (live) => {
      begun = parseOrigin(live.config[ORIGIN]);
      origin = { ...origin, ...begun, stamp };
      const { [MARK.project]: _, ...config } = live.config;
      const marks = { [MARK.asideOf]: projectName, [ORIGIN]: JSON.stringify(origin) };
      return { description: live.description, config: { ...config, ...marks } };
    },
    (put, etag) => incus.volumes.update(pool, name, put, { project, etag }),
  );
  const remove = (one: Origin) =>
    incus.volumes.delete(pool, asideName(one), { project: ASIDE_PROJECT });
  if (begun) await absent(remove(begun));
  const to = { project: ASIDE_PROJECT, name: asideName(origin) };
  await moveAfresh({
    move: () => incus.volumes.move(pool, name, to, { project }),
    settled,
    isAtStart: () => exists(incus.volumes.get(pool, name, { project })),
    clear: () => remove(origin),
  });
}

interface Move {
  move(): Promise<void>;
  /** Waits for what the daemon still does with it. */
  settled(): Promise<void>;
  isAtStart(): Promise<boolean>;
  /** Removes what is at the end of the way. */
  clear(): Promise<void>;
}

/**
 * A move copies, then removes. One that was cut off leaves a torn copy in the way of the next, and the whole at its
 * start; one that goes on without its client leaves the whole at its end. Only a copy of what is still at the start
 * may go.
 */
async function moveAfresh({ move, settled, isAtStart, clear }: Move): Promise<void> {
  try {
    await move();
  } catch (error) {
    if (!isKind(error, 'already-exists')) throw error;
    await settled();
    if (!(await isAtStart())) return;
    await clear();
    await move();
  }
}

async function absent(removed: Promise<void>): Promise<void> {
  await removed.catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}

function exists(read: Promise<unknown>): Promise<boolean> {
  return read.then(
    () => true,
    (error: unknown) => {
      if (isNotFound(error)) return false;
      throw error;
    },
  );
}

/** Brings back a machine or a volume, stopped, to where it was. Can be cut off and called again at any point. */
export async function bringBack(
  incus: Incus,
  projectName: string,
  aside: Aside,
  repairs: Repairs = {},
): Promise<void> {
  if (aside.kind === 'volume') return goHome(incus, projectName, aside);
  // Half-way home, it is repaired where it is then: the next call goes on from there.
  await repaired(incus, aside, repairs, () => goHome(incus, projectName, aside));
}

async function goHome(incus: Incus, projectName: string, aside: Aside): Promise<void> {
  const { project, name } = aside.origin;
  const home = { project, name };
  // Marked before it is moved: from then on apply takes it for ours and completes what is missing.
  await write(incus, aside, ({ [MARK.asideOf]: _, ...config }) => ({
    ...config,
    [MARK.project]: projectName,
  }));
  const isHome = aside.project === project && aside.name === name;
  if (!isHome && aside.pool !== undefined)
    await incus.volumes.move(aside.pool, aside.name, home, { project: aside.project });
  else if (!isHome) await incus.instances.move(aside.name, home, { project: aside.project });
  await write(incus, { ...aside, ...home }, ({ [ORIGIN]: _, ...config }) => config, aside.origin);
}

/** Changes the config, and with an origin gives profiles and devices back. */
async function write(
  incus: Incus,
  { kind, pool = '', project, name }: Omit<Aside, 'origin'>,
  change: (config: Record<string, string>) => Record<string, string>,
  origin?: Origin,
): Promise<void> {
  if (kind === 'volume')
    return readAndWrite(
      () => incus.volumes.get(pool, name, { project }),
      ({ description, config }) => ({ description, config: change(config) }),
      (put, etag) => incus.volumes.update(pool, name, put, { project, etag }),
    );
  return readAndWrite(
    () => incus.instances.get(name, { project }),
    (live): InstancePut => ({
      ...putOf(live),
      config: change(live.config),
      ...(origin && { profiles: origin.profiles, devices: origin.devices }),
    }),
    (put, etag) => incus.instances.update(name, put, { project, etag }),
  );
}

/** Removes for good what was put aside. */
export async function removeAside(
  incus: Incus,
  { kind, pool = '', project, name }: Aside,
  repairs: Repairs = {},
) {
  const ref = { project, name };
  try {
    if (kind === 'volume') await incus.volumes.delete(pool, name, { project });
    else await repaired(incus, ref, repairs, () => incus.instances.delete(name, { project }));
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

function putOf(live: Instance): InstancePut {
  const { architecture, config, devices, description, ephemeral, profiles, stateful } = live;
  return { architecture, config, devices, description, ephemeral, profiles, stateful };
}

async function ensureProject(incus: Incus): Promise<void> {
  const found = (await incus.projects.list()).find(({ name }) => name === ASIDE_PROJECT);
  if (found?.config[OUR_PROJECT] === 'true') return;
  if (found) throw taken();
  const config = {
    'features.images': 'false',
    'features.networks': 'false',
    'features.profiles': 'true',
    'features.storage.volumes': 'true',
    [OUR_PROJECT]: 'true',
  };
  const description = 'What anklume removed, kept for a while: anklume rollback';
  await incus.projects.create({ name: ASIDE_PROJECT, description, config });
}

function taken(): AnklumeError {
  return new AnklumeError({
    code: 'trash-taken',
    message: {
      en: `The Incus project '${ASIDE_PROJECT}' exists and was not made by anklume, so nothing can be moved to the trash in it.`,
      fr: `Le projet Incus « ${ASIDE_PROJECT} » existe et n'a pas été créé par anklume : rien ne peut y être mis de côté.`,
    },
    remedy: {
      en: 'Rename that project, or remove for good with --skip-snapshot.',
      fr: 'Renommez ce projet, ou supprimez définitivement avec --skip-snapshot.',
    },
  });
}
