import { randomBytes } from 'node:crypto';
import pLimit from 'p-limit';
import { acquireLock } from '../../base/system/index.ts';
import { MARK } from '../../engine/index.ts';
import { type Incus, type Instance, isKind } from '../../incus/index.ts';
import type { Home } from './home.ts';
import { launch } from './launch.ts';
import { removeAll } from './remove.ts';
import { type Disposable, disposablesOf, type Tag, tagText } from './tag.ts';

/** Machines that wait for their use, all alike: of one home and one image. */
export interface PoolOf {
  readonly home: Home;
  readonly image: string;
  /** Of the image as it is now; a machine made from an older one is not handed out. */
  readonly fingerprint: string;
}

/** Those of a pool that could be used now. */
export function ready(all: readonly Disposable[], pool: PoolOf): Disposable[] {
  return members(all, pool).filter(
    ({ fingerprint, status }) => fingerprint === pool.fingerprint && status === 'Running',
  );
}

function members(all: readonly Disposable[], { home, image }: PoolOf): Disposable[] {
  return all.filter(
    ({ tag, project }) => tag.use === 'pool' && tag.image === image && project === home.project,
  );
}

/**
 * Takes one of the candidates by writing our tag over the pool's. The daemon refuses the write when somebody else
 * was faster, so that no machine is handed out twice. Undefined when all went.
 */
export async function take(
  incus: Incus,
  candidates: readonly Disposable[],
  owner: Pick<Tag, 'token' | 'space'>,
): Promise<Disposable | undefined> {
  for (const { name, project } of shuffled(candidates)) {
    try {
      const { value, etag } = await incus.instances.get(name, { project });
      const [now] = disposablesOf([value]);
      if (now?.tag.use !== 'pool' || now.status !== 'Running') continue;
      const tag: Tag = { ...now.tag, use: 'run', ...owner };
      await retag(incus, now, tag, etag);
      return { ...now, tag };
    } catch (error) {
      if (!isKind(error, 'not-found', 'etag-mismatch', 'busy', 'invalid')) throw error;
    }
  }
  return undefined;
}

export async function retag(
  incus: Incus,
  { name, project }: Pick<Disposable, 'name' | 'project'>,
  tag: Tag,
  etag?: string,
): Promise<void> {
  const config = { [MARK.disposable]: tagText(tag) };
  await incus.instances.patch(name, { config }, { project, ...(etag !== undefined && { etag }) });
}

/** What fills of one pool have to do. */
export interface PoolPlan {
  readonly remove: readonly Disposable[];
  readonly retag: readonly Disposable[];
  readonly launch: number;
}

/** What there is to do for a pool to hold `size` machines of the image as it is now. */
export function poolPlan(all: readonly Disposable[], pool: PoolOf, size: number): PoolPlan {
  const mine = members(all, pool);
  const usable = ready(all, pool);
  const kept = usable.slice(0, size);
  return {
    remove: mine.filter((one) => !kept.includes(one)),
    retag: kept.filter(({ tag }) => tag.pool !== size),
    launch: size - kept.length,
  };
}

/** How many machines it took to bring a pool to its size. */
export interface Filled {
  readonly launched: number;
  readonly removed: number;
}

/** Brings a pool to `size`. Two who do so at once do it one after the other. */
export async function fillPool(incus: Incus, pool: PoolOf, size: number): Promise<Filled> {
  const { home, image } = pool;
  const key = `disposable-pool:${incus.where}:${home.project}:${image}`;
  await using _lock = await acquireLock(key, { command: 'disp --pool', wait: true });
  const instances: readonly Instance[] = await incus.instances.list();
  const plan = poolPlan(disposablesOf(instances), pool, size);
  await Promise.all([
    removeAll(incus, plan.remove),
    ...plan.retag.map((one) => retag(incus, one, { ...one.tag, pool: size })),
  ]);
  const atOnce = pLimit(4);
  // A token of its own tells what one launch made from what another did.
  const tag = (): Tag => ({
    ...{ use: 'pool', space: '', image, pool: size },
    token: randomBytes(12).toString('hex'),
  });
  await Promise.all(
    Array.from({ length: plan.launch }, () =>
      atOnce(() => launch(incus, home, pool.fingerprint, tag(), instances)),
    ),
  );
  return { launched: plan.launch, removed: plan.remove.length };
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
