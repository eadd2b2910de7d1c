import { readdir, readFile, readlink, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Host,
  homeFolder,
  isAlive,
  makeFolders,
  type ProcessIdentity,
  readIfExists,
  writeAtomic,
} from '../../base/system/index.ts';

/** A deployment that is loaded and not yet confirmed. Plain JSON. */
export interface Pending {
  /** Names this deployment; known to the process that waits for its time to run out. */
  readonly token: string;
  readonly host: Host;
  /** Network namespace of the host, such as `net:[4026531840]`. */
  readonly space: string;
  /** Time to confirm, in seconds from `since`. */
  readonly seconds: number;
  /** ISO 8601. */
  readonly since: string;
  /** The names of the tables that the deployment changed; absent in a record of an earlier version: `anklume`. */
  readonly tables?: readonly string[];
  /** Listing of those that were there before; absent when there was none. */
  readonly before?: string;
  /** The process that restores it. */
  readonly watchdog?: ProcessIdentity;
}

/**
 * Where pending deployments are written down: gone after a reboot, as the rules themselves are.
 * With `$ANKLUME_HOME` given, below it.
 */
function runtimeFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.ANKLUME_HOME ? join(homeFolder(env), 'network') : '/run/anklume/network';
}

/** The network namespace that a host's rules live in. */
export function spaceOf(host: Host): Promise<string> {
  return readlink(host.enter.length === 0 ? '/proc/self/ns/net' : join(host.proc, '1/ns/net'));
}

/** One file for each namespace: a host has one pending deployment at most. */
function recordPath(space: string): string {
  return join(runtimeFolder(), `${space.replace(/[^0-9]/g, '')}.json`);
}

/** Not `.json`: a record that is taken is nobody's to find. */
function takenPath({ space, token }: Pending): string {
  return `${recordPath(space)}.${token}.taken`;
}

export async function writePending(pending: Pending): Promise<void> {
  await makeFolders(runtimeFolder(), 0o700);
  await writeAtomic(recordPath(pending.space), JSON.stringify(pending), 0o600);
}

/** The pending deployment of a host, if there is one. */
export async function readPending(host: Host): Promise<Pending | undefined> {
  const bytes = await readIfExists(recordPath(await spaceOf(host)));
  return bytes && (JSON.parse(bytes.toString('utf8')) as Pending);
}

/** The pending deployment with this token, whichever host it is on. */
export async function findPending(token: string): Promise<Pending | undefined> {
  const folder = runtimeFolder();
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.endsWith('.json')) continue;
    const text = await readFile(join(folder, name), 'utf8').catch(() => undefined);
    const pending = text === undefined ? undefined : (JSON.parse(text) as Pending);
    if (pending?.token === token) return pending;
  }
  return undefined;
}

/**
 * Takes the record away, so that exactly one of all who would confirm or restore does it. False
 * when somebody else was faster. While the work lasts, the record stands beside.
 */
export async function takePending(pending: Pending): Promise<boolean> {
  const path = recordPath(pending.space);
  // A record of a later deployment on the same host is not ours to take.
  if ((await findPending(pending.token)) === undefined) return false;
  try {
    await rename(path, takenPath(pending));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Ends the work on a record that was taken. */
export async function dropTaken(pending: Pending): Promise<void> {
  await rm(takenPath(pending), { force: true });
}

/** Whether nobody works on this deployment any more: it is confirmed, or restored. */
export async function isSettled(pending: Pending): Promise<boolean> {
  if ((await findPending(pending.token)) !== undefined) return false;
  return (await readIfExists(takenPath(pending))) === undefined;
}

/** Whether the process that restores when time runs out is there. */
export async function isWatched({ watchdog }: Pending): Promise<boolean> {
  return watchdog !== undefined && (await isAlive(watchdog));
}
