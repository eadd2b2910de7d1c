import { AnklumeError, type Text } from '../base/messages/index.ts';
import { acquireLock, type Lock } from '../base/system/index.ts';
import {
  type Daemon,
  type DaemonChoice,
  type DaemonOptions,
  openDaemon,
  openIfRunning,
} from './daemon.ts';
import { lockOf, lockWhenFree } from './lock.ts';
import { look, type Sight } from './look.ts';
import type { ProjectChoice } from './project.ts';
import { openDeclared, type World } from './world.ts';

/** A project and the daemon it is for, opened together. */
export interface Site extends AsyncDisposable {
  readonly world: World;
  /** Why the tree may not be what infra.yml says by now; absent when it is. */
  readonly stale?: Text;
  readonly daemon: Daemon;
  /** What a plan is made against, begun while the tree was being read. */
  readonly looking?: Promise<Sight>;
}

export interface SiteOptions extends DaemonOptions {
  /** Holds the daemon for this command alone until the site is disposed of. */
  readonly lock?: string;
  /** Whether a plan will be made. */
  readonly look?: boolean;
  /** Called when the project is read and found good, before anything is waited for or started. */
  readonly onWorld?: (site: Pick<Site, 'world' | 'stale'>) => Promise<void>;
}

/**
 * Opens the daemon and reads the project. A daemon needs longer for its lists than we for the whole tree, so one
 * that answers is asked first. One that is not there, or that somebody else works on, comes after the project: an
 * error in the tree is then told before anything is started or waited for.
 */
export async function openSite(
  place: Pick<ProjectChoice, 'cwd' | 'infra'>,
  choice: DaemonChoice,
  options: SiteOptions,
): Promise<Site> {
  const held: AsyncDisposable[] = [];
  const release = async () => {
    for (const one of held.splice(0).reverse()) await one[Symbol.asyncDispose]();
  };
  try {
    return { ...(await fill(held, place, choice, options)), [Symbol.asyncDispose]: release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function fill(
  held: AsyncDisposable[],
  place: Pick<ProjectChoice, 'cwd' | 'infra'>,
  choice: DaemonChoice,
  options: SiteOptions,
): Promise<Omit<Site, keyof AsyncDisposable>> {
  const early = await tryToOpen(choice, options);
  if (early) held.push(early);
  const lock = early && options.lock ? await lockIfFree(early, options.lock) : undefined;
  if (lock) held.push(lock);
  const begun = early && (lock || !options.lock) && options.look;
  const looking = begun ? look(early) : undefined;
  // Whoever wants it hears of the failure; without this a broken tree would make it one that nobody caught.
  looking?.catch(() => {});

  const found = await openDeclared(place);
  await options.onWorld?.(found);

  const daemon = early ?? (await openDaemon(choice, options));
  if (!early) held.push(daemon);
  if (options.lock && !lock) held.push(await lockWhenFree(daemon, options.lock, options));
  return { ...found, daemon, ...(looking && { looking }) };
}

/** Why a daemon cannot be had is found out again, and told, after the project was read. */
async function tryToOpen(
  choice: DaemonChoice,
  options: DaemonOptions,
): Promise<Daemon | undefined> {
  try {
    return await openIfRunning(choice, options);
  } catch (error) {
    if (error instanceof AnklumeError) return undefined;
    throw error;
  }
}

async function lockIfFree(daemon: Daemon, command: string): Promise<Lock | undefined> {
  try {
    return await acquireLock(lockOf(daemon), { command });
  } catch (error) {
    if (error instanceof AnklumeError) return undefined;
    throw error;
  }
}
