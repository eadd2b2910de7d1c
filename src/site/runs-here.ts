import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Incus } from '../incus/index.ts';

/**
 * Whether the daemon behind a socket lives in our own namespaces. A socket may as well lead into a container, out of
 * one, into somebody else's sandbox or, forwarded, to another machine: rules loaded here would then wall in the wrong
 * machine. So the process that the daemon says it is must be the one that listens at this very socket.
 */
export async function runsHere(incus: Incus, socket: string): Promise<boolean> {
  const { environment } = await incus.server();
  const process = `/proc/${environment.server_pid}`;
  const name = await readFile(`${process}/comm`, 'utf8').catch(() => '');
  if (name.trim() !== 'incusd') return false;
  const [theirs, ours] = await Promise.all(
    [process, '/proc/self'].map((one) => readlink(`${one}/ns/net`).catch(() => undefined)),
  );
  // Who may not look at the daemon's namespaces may not load rules either, and is told so then.
  if (theirs === undefined) return true;
  return theirs === ours && (await listensAt(process, socket));
}

/** Whether a process holds the socket that others reach at this path. */
async function listensAt(process: string, socket: string): Promise<boolean> {
  const [sockets, path, held] = await Promise.all([
    readFile('/proc/net/unix', 'utf8'),
    realpath(socket),
    socketsOf(process),
  ]);
  const places = await Promise.all(
    listenersIn(sockets).map(async (one) => ({
      ...one,
      path: await realpath(one.path).catch(() => one.path),
    })),
  );
  return places.some((one) => one.path === path && held.has(one.inode));
}

/** Sockets with a path at which somebody listens, as `/proc/net/unix` lists them. */
export function listenersIn(table: string): { readonly inode: string; readonly path: string }[] {
  return table.split('\n').flatMap((line) => {
    const [, flags = '', inode = '', path = ''] =
      /^\S+: \S+ \S+ (\S+) \S+ \S+ +(\d+) (\/.*)$/.exec(line) ?? [];
    return path !== '' && (Number.parseInt(flags, 16) & ACCEPTS) !== 0 ? [{ inode, path }] : [];
  });
}

/** The kernel's mark for a socket that waits for others (__SO_ACCEPTCON). */
const ACCEPTS = 0x10000;

async function socketsOf(process: string): Promise<ReadonlySet<string>> {
  const folder = join(process, 'fd');
  const names = await readdir(folder).catch(() => []);
  const targets = await Promise.all(
    names.map((name) => readlink(join(folder, name)).catch(() => '')),
  );
  return new Set(targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
}
