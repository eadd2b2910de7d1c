import { statfs } from 'node:fs/promises';
import { request } from 'node:http';
import { AnklumeError } from '../messages/index.ts';
import type { Places } from './places.ts';
import type { Choices } from './state.ts';

const GIB = 2 ** 30;

/** Makes the storage pool `default` unless the daemon has it. */
export async function ensurePool(places: Places, choices: Choices): Promise<void> {
  const pool = await ask(places.socket, 'GET', '/1.0/storage-pools/default');
  if (pool === 200) return;
  const config = choices.storage === 'btrfs' ? { size: `${await poolSize(places.folder)}GiB` } : {};
  const status = await ask(places.socket, 'POST', '/1.0/storage-pools', {
    name: 'default',
    driver: choices.storage,
    config,
  });
  if (status >= 300)
    throw new AnklumeError({
      code: 'sandbox-storage',
      message: {
        en: `The sandbox's ${choices.storage} storage could not be made.`,
        fr: `Le stockage ${choices.storage} du bac à sable n'a pas pu être créé.`,
      },
    });
}

/** GiB of the pool's file. It is sparse and takes what is used; more than the disk has would fail in the middle of a write. */
async function poolSize(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return Math.max(2, Math.min(64, Math.floor((0.8 * bavail * bsize) / GIB)));
}

function ask(socketPath: string, method: string, path: string, body?: unknown): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, method, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
