import { connect } from 'node:net';
import { join } from 'node:path';
import type { Text } from '../base/messages/index.ts';
import { unreachable } from './unreachable.ts';

/** Where packages of Incus put the socket. */
const usualPlaces = ['/run/incus/unix.socket', '/var/lib/incus/unix.socket'] as const;

const doing: Text = { en: 'open a connection', fr: 'ouvrir une connexion' };

/**
 * The daemon's socket: `wanted` (the `--socket` option), else INCUS_SOCKET, INCUS_DIR, else the usual places.
 * One that is named must work; of the usual places the first that exists counts.
 * Throws with exit 4: `incus-missing`, `incus-denied` or `incus-not-running`.
 */
export async function locateSocket(
  env: Readonly<Record<string, string | undefined>>,
  wanted?: string,
  places: readonly string[] = usualPlaces,
): Promise<string> {
  const named =
    wanted || env.INCUS_SOCKET || (env.INCUS_DIR ? join(env.INCUS_DIR, 'unix.socket') : undefined);
  let problem: unknown;
  for (const path of named ? [named] : places) {
    const failure = await tryToOpen(path);
    if (!failure) return path;
    const absent = failure.code === 'ENOENT' || failure.code === 'ENOTDIR';
    if (!absent || !problem) problem = unreachable(`unix:${path}`, doing, failure);
    if (!absent) break;
  }
  throw problem;
}

function tryToOpen(path: string): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once('error', resolve);
  });
}
