import { statfs } from 'node:fs/promises';
import { connect, isNotFound, type WireConfig } from '../incus/index.ts';
import { AnklumeError } from '../messages/index.ts';
import type { Places } from './places.ts';
import type { Choices } from './state.ts';

const GIB = 2 ** 30;

/** Makes the storage pool `default` unless the daemon has it. */
export async function ensurePool(places: Places, { storage }: Choices): Promise<void> {
  const incus = await connect({ socket: places.socket });
  try {
    await incus.pools.get('default');
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const config: WireConfig =
      storage === 'btrfs' ? { size: `${await poolSize(places.folder)}GiB` } : {};
    await incus.pools.create({ name: 'default', driver: storage, config }).catch((cause) => {
      throw storage === 'btrfs' ? btrfsRefused(cause) : cause;
    });
  } finally {
    await incus.close();
  }
}

/** GiB of the pool's file. It is sparse and takes what is used; more than the disk has would fail in the middle of a write. */
async function poolSize(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return Math.max(2, Math.min(64, Math.floor((0.8 * bavail * bsize) / GIB)));
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
