import type { Emit } from '../../base/messages/index.ts';
import type { Host } from '../../base/system/index.ts';
import { ensureImage } from '../../images/index.ts';
import type { Incus } from '../../incus/index.ts';
import type { Home } from './home.ts';
import { launch } from './launch.ts';
import { beOwner } from './owner.ts';
import { ready, retag, take } from './pool.ts';
import { removeAll, removeOwned, sweep } from './remove.ts';
import { type Disposable, disposablesOf, type Tag } from './tag.ts';

/** What is asked for. */
export interface Order {
  readonly home: Home;
  readonly image: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly host?: Host;
  /**
   * Starts the process that removes the machine when this one is killed. It gets the token of this process and,
   * where the machine may come from a pool, the size to which that is to be filled again.
   */
  readonly watch: (token: string, refill: number | undefined) => void;
}

/** A machine in our hands. Disposing of it removes it, unless it was kept. */
export interface Held extends AsyncDisposable {
  readonly machine: Disposable;
  readonly fromPool: boolean;
  /** From now on it goes when somebody stops it. */
  keep(): Promise<void>;
}

/** A fresh machine: one that waits in a pool, else a new one. What runs before this one left goes meanwhile. */
export async function hold(incus: Incus, order: Order): Promise<Held> {
  const { home, image, emit, signal, host } = order;
  const owner = await beOwner();
  const options = { emit, signal, ...(host && { host }) };
  let sweeping: Promise<unknown> = Promise.resolve();
  try {
    const [instances, fingerprint] = await Promise.all([
      incus.instances.list({ signal }),
      ensureImage(incus, image, options),
    ]);
    const all = disposablesOf(instances);
    // Whatever stands in the way of that, the next run tries again.
    sweeping = sweep(incus, all).catch(() => undefined);
    const candidates = ready(all, { home, image, fingerprint });
    order.watch(owner.token, candidates[0]?.tag.pool);
    signal.throwIfAborted();
    const { token, space } = owner;
    const taken = await take(incus, candidates, { token, space });
    const tag: Tag = { use: 'run', token, space, image };
    const machine = taken ?? (await launch(incus, home, fingerprint, tag, instances));
    return held(incus, machine, taken !== undefined, async () => {
      await sweeping;
      await owner[Symbol.asyncDispose]();
    });
  } catch (error) {
    await removeOwned(incus, owner.token).catch(() => undefined);
    await sweeping;
    await owner[Symbol.asyncDispose]();
    throw error;
  }
}

function held(
  incus: Incus,
  machine: Disposable,
  fromPool: boolean,
  release: () => Promise<void>,
): Held {
  let kept = false;
  return {
    machine,
    fromPool,
    async keep() {
      await retag(incus, machine, { ...machine.tag, use: 'kept', token: '', space: '' });
      kept = true;
    },
    async [Symbol.asyncDispose]() {
      try {
        if (!kept) await removeAll(incus, [machine]);
      } finally {
        await release();
      }
    },
  };
}
