import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { type Host, identify, isAlive } from '../../base/system/index.ts';
import { onHost } from '../rules/nft.ts';
import {
  dropTaken,
  findPending,
  isSettled,
  type Pending,
  readPending,
  spaceOf,
  takePending,
  writePending,
} from './pending.ts';
import { loadedTables, replacing } from './table-text.ts';

/** Said by the watchdog on its standard output when it watches. */
export const WATCHING = 'watching';

/** Milliseconds within which a new process of ours says so, on a busy machine. */
const START_LIMIT = 30_000;

/**
 * Writes down what is loaded now under these names, and starts a process of its own session that brings it back after
 * `seconds` unless it is confirmed. `program` is the command line that runs this tool.
 */
export async function armGuard(
  host: Host,
  names: readonly string[],
  { seconds, program }: { readonly seconds: number; readonly program: readonly string[] },
): Promise<Pending> {
  await refusePending(host);
  const before = await loadedTables(host, names);
  const pending: Pending = {
    token: randomBytes(16).toString('hex'),
    host,
    space: await spaceOf(host),
    seconds,
    since: new Date().toISOString(),
    tables: names,
    ...(before !== undefined && { before }),
  };
  await writePending(pending);
  try {
    const watchdog = await identify(await startWatchdog(pending, program));
    if (!watchdog) throw watchdogLost();
    const watched = { ...pending, watchdog };
    await writePending(watched);
    return watched;
  } catch (error) {
    await abandon(pending);
    throw error;
  }
}

/** Throws `deployment-pending` while a deployment on this host waits for its confirmation. */
export async function refusePending(host: Host): Promise<void> {
  if (await readPending(host)) throw stillPending();
}

/** Keeps the loaded rules. False when they were restored, confirmed or settled otherwise before. */
export async function confirmPending(pending: Pending): Promise<boolean> {
  if (!(await takePending(pending))) return false;
  await dropTaken(pending);
  await stopWatchdog(pending);
  return true;
}

/** Brings back what was loaded before. False when somebody else settled it. */
export async function restorePending(pending: Pending): Promise<boolean> {
  if (!(await takePending(pending))) return false;
  try {
    await bringBack(pending.host, pending.before, pending.tables);
  } finally {
    await dropTaken(pending);
  }
  if (pending.watchdog?.pid !== process.pid) await stopWatchdog(pending);
  return true;
}

/** Puts listed tables in place of those of these names, whole and in one transaction; none listed: takes them away. */
export async function bringBack(
  host: Host,
  before: string | undefined,
  names?: readonly string[],
): Promise<void> {
  await onHost(host, ['nft', '-f', '-'], { input: replacing(before, names) });
}

/**
 * What the watchdog does: waits, then restores unless the deployment was confirmed. A kernel that
 * is busy is asked again.
 */
export async function watchOver(
  token: string,
  seconds: number,
  signal: AbortSignal,
): Promise<boolean> {
  await sleep(seconds * 1000, undefined, { signal });
  const pending = await findPending(token);
  // A process number inside a sandbox that ended may by now belong to something else.
  if (!pending || (await spaceOf(pending.host).catch(() => '')) !== pending.space) return false;
  return restorePending(pending);
}

/** Waits until the deployment is confirmed or restored, by whomever. */
export async function waitUntilSettled(pending: Pending, signal: AbortSignal): Promise<void> {
  while (!(await isSettled(pending))) {
    signal.throwIfAborted();
    await sleep(200, undefined, { signal });
  }
}

async function abandon(pending: Pending): Promise<void> {
  if (await takePending(pending)) await dropTaken(pending);
}

/** The number of a process that watches: it has said so. */
async function startWatchdog(pending: Pending, program: readonly string[]): Promise<number> {
  const { token, seconds } = pending;
  const [file = '', ...args] = program;
  const words = ['network', 'restore', '--after', String(seconds), '--token', token];
  // A session of its own, away from the terminal: what ends this tool or its connection does not end it.
  const child = spawn(file, [...args, ...words], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const said = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), START_LIMIT);
    const answer = (good: boolean) => {
      clearTimeout(timer);
      resolve(good);
    };
    child.once('error', () => answer(false));
    child.once('exit', () => answer(false));
    child.stdout.once('data', (words: Buffer) => answer(words.toString().includes(WATCHING)));
  });
  child.removeAllListeners('exit');
  child.stdout.destroy();
  child.unref();
  if (said && child.pid !== undefined) return child.pid;
  child.kill('SIGKILL');
  throw watchdogLost();
}

/** It finds nothing to do when its time comes; ending it only leaves no idle process behind. */
async function stopWatchdog({ watchdog }: Pending): Promise<void> {
  if (watchdog && (await isAlive(watchdog))) process.kill(watchdog.pid, 'SIGTERM');
}

function stillPending(): AnklumeError {
  return new AnklumeError({
    code: 'deployment-pending',
    message: {
      en: 'A deployment on this host is still waiting for confirmation.',
      fr: 'Un déploiement sur cet hôte attend encore sa confirmation.',
    },
    remedy: {
      en: "'anklume network confirm' keeps its rules; 'anklume network restore' restores the previous ones.",
      fr: '« anklume network confirm » garde ses règles ; « anklume network restore » restaure les précédentes.',
    },
  });
}

function watchdogLost(): AnklumeError {
  return new AnklumeError({
    code: 'watchdog-lost',
    exit: ExitCode.environment,
    message: {
      en: 'The confirm timer, which would restore the old rules, did not start. The new rules were not loaded.',
      fr: "Le minuteur de confirmation, qui restaurerait les anciennes règles, n'a pas démarré. Les nouvelles n'ont pas été chargées.",
    },
  });
}
