import { existsSync } from 'node:fs';
import { open, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnklumeError, ExitCode } from '../base/messages/index.ts';
import { makeFolders } from '../base/system/index.ts';
import {
  connect,
  type Incus,
  isNotFound,
  type StoragePool,
  type WireConfig,
} from '../incus/index.ts';
import { detachLoopDevices } from './loop-devices.ts';
import type { Places } from './places.ts';
import type { Choices } from './state.ts';

const GIB = 2 ** 30;

/** Milliseconds between two looks at a pool that is being made. */
const PAUSE = 50;

/** Milliseconds that a pool may be in the making before it counts as left behind: a loaded machine formats in a few seconds. */
const MAKING_LIMIT = 30_000;

/**
 * Makes the storage pool `default` unless the daemon has it. What a start that was killed had begun is not
 * counted on: the daemon takes such a pool back in its own time (the request's context has ended), and one
 * whose daemon was killed too stays, for ever unavailable. That one is made again, if nothing is in it.
 */
export async function ensurePool(places: Places, { storage }: Choices): Promise<void> {
  const incus = await connect({ socket: places.socket });
  const deadline = performance.now() + MAKING_LIMIT;
  try {
    for (;;) {
      const pool = await findPool(incus);
      if (!pool) {
        if (await makePool(incus, places, storage)) return;
      } else if (pool.status === 'Created') return;
      else if (pool.used_by.length > 0) throw unreachable(places);
      else if (pool.status !== 'Pending' || performance.now() > deadline) {
        await detachLoopDevices(places);
        await incus.pools.delete('default');
      }
      await sleep(PAUSE);
    }
  } finally {
    await incus.close();
  }
}

async function findPool(incus: Incus): Promise<StoragePool | undefined> {
  try {
    return (await incus.pools.get('default')).value;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Whether the pool was made now; false when another request was about to. */
async function makePool(
  incus: Incus,
  places: Places,
  storage: Choices['storage'],
): Promise<boolean> {
  await removeStandIn(places);
  const config: WireConfig =
    storage === 'btrfs' ? { size: `${await poolSize(places.folder)}GiB` } : {};
  try {
    await incus.pools.create({ name: 'default', driver: storage, config });
    return true;
  } catch (error) {
    if (await findPool(incus)) return false;
    throw storage === 'btrfs' ? btrfsRefused(error) : error;
  }
}

/**
 * Puts an empty file in the place of the pool's when that is missing and the daemon may know the pool: for a
 * missing one losetup(8) goes by the path alone and takes the device of another sandbox, or of the host's Incus.
 */
export async function standInForPool(places: Places): Promise<void> {
  if (!existsSync(join(places.data, 'database'))) return;
  await makeFolders(join(places.data, 'disks'), 0o700);
  const file = await open(poolFile(places), 'wx', 0o600).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
    return undefined;
  });
  await file?.close();
}

async function removeStandIn(places: Places): Promise<void> {
  const found = await stat(poolFile(places)).catch(() => undefined);
  if (found?.size === 0) await rm(poolFile(places));
}

function poolFile(places: Places): string {
  return join(places.data, 'disks', 'default.img');
}

/** GiB of the pool's file. It is sparse and takes what is used; more than the disk has would fail in the middle of a write. */
async function poolSize(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return Math.max(2, Math.min(64, Math.floor((0.8 * bavail * bsize) / GIB)));
}

function unreachable(places: Places): AnklumeError {
  return new AnklumeError({
    code: 'sandbox-storage',
    exit: ExitCode.environment,
    message: {
      en: `The storage of this sandbox, which has machines or images in it, cannot be mounted: ${poolFile(places)}.`,
      fr: `Le stockage de ce bac à sable, qui contient des machines ou des images, ne peut être monté : ${poolFile(places)}.`,
    },
    remedy: {
      en: `Bring the file back and start again; ${places.log} says more. To begin anew, delete the sandbox.`,
      fr: `Remettez le fichier en place et redémarrez ; ${places.log} en dit plus. Pour repartir de zéro, supprimez le bac à sable.`,
    },
  });
}

function btrfsRefused(cause: unknown): unknown {
  if (!(cause instanceof AnklumeError)) return cause;
  return new AnklumeError({
    code: 'sandbox-storage',
    message: cause.text,
    remedy: {
      en: "A kernel without btrfs or loop devices can use plain folders: start the sandbox with '--storage dir'.",
      fr: 'Un noyau sans btrfs ou sans périphériques loop peut utiliser de simples dossiers : démarrez le bac à sable avec « --storage dir ».',
    },
    cause,
  });
}
