import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnklumeError, ExitCode } from '../base/messages/index.ts';
import { identify, isAlive, type ProcessIdentity } from '../base/system/index.ts';

/**
 * Every process of a sandbox lives below one cgroup of its own. The kernel keeps that list, so no
 * process can be forgotten, and none that is not ours can be in it, whatever happened to this program.
 */
export interface Cgroup {
  readonly path: string;
  /** Holder and daemon. LXC looks for its place beside the cgroup of PID 1, leaving out a last `init.scope`. */
  readonly inner: string;
}

/** The cgroup called `name` of this machine. Throws `cgroup2-missing` when the unified hierarchy is not mounted. */
export async function cgroupOf(name: string): Promise<Cgroup> {
  const root = cgroup2Root(await readFile('/proc/self/mountinfo', 'utf8'));
  if (root === undefined) throw noCgroup2();
  const path = join(root, name);
  return { path, inner: join(path, 'init.scope') };
}

/** The place of the unified hierarchy: `/sys/fs/cgroup`, or a folder below it where version 1 stands beside. */
export function cgroup2Root(mountinfo: string): string | undefined {
  for (const line of mountinfo.split('\n')) {
    const [left, right] = line.split(' - ');
    if (right?.startsWith('cgroup2 ')) return left?.split(' ')[4];
  }
  return undefined;
}

/** Makes the cgroup, empty. */
export async function createCgroup(cgroup: Cgroup): Promise<void> {
  await mkdir(cgroup.inner, { recursive: true });
}

/** Lets containers have limits, as far as this machine's controllers allow it. */
export async function delegateControllers(cgroup: Cgroup): Promise<void> {
  const available = await readFile(join(cgroup.path, 'cgroup.controllers'), 'utf8');
  for (const controller of available.split(/\s+/).filter(Boolean)) {
    // One that cannot be enabled (cpu with real-time processes) must not forbid the others.
    await writeFile(join(cgroup.path, 'cgroup.subtree_control'), `+${controller}`).catch(() => {});
  }
}

/** Host process numbers of `folder` alone; none when it does not exist. */
export async function processesIn(folder: string): Promise<number[]> {
  const text = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean).map(Number);
}

/** The processes of the cgroup and of everything below. */
async function allProcesses(folder: string): Promise<number[]> {
  const below = await subfolders(folder);
  const lists = await Promise.all([processesIn(folder), ...below.map(allProcesses)]);
  return lists.flat();
}

/** Whether anything is left of the cgroup. */
export async function cgroupExists(cgroup: Cgroup): Promise<boolean> {
  return readdir(cgroup.path).then(
    () => true,
    () => false,
  );
}

/** Milliseconds that killed processes get to be gone; writing back a full page cache is the slow part. */
const KILL_LIMIT = 30_000;

/** Ends every process of the cgroup and removes it. Done when nothing is left; nothing there is done as well. */
export async function destroyCgroup(cgroup: Cgroup): Promise<void> {
  const deadline = performance.now() + KILL_LIMIT;
  const ending = new Map<number, ProcessIdentity>();
  while (await cgroupExists(cgroup)) {
    for (const pid of await allProcesses(cgroup.path)) {
      const identity = await identify(pid);
      if (identity) ending.set(pid, identity);
    }
    await killAll(cgroup);
    if (await removeTree(cgroup.path)) break;
    if (performance.now() > deadline) throw stuck(cgroup, await allProcesses(cgroup.path));
    await sleep(10);
  }
  // A process leaves its cgroup before it is quite gone; the first of a PID namespace waits for all others.
  for (const identity of ending.values())
    while (await isAlive(identity)) {
      if (performance.now() > deadline) throw stuck(cgroup, [identity.pid]);
      await sleep(5);
    }
}

async function killAll(cgroup: Cgroup): Promise<void> {
  try {
    await writeFile(join(cgroup.path, 'cgroup.kill'), '1');
  } catch {
    // Kernels before 5.14 have no cgroup.kill; the loop above repeats until none is left.
    for (const pid of await allProcesses(cgroup.path)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {}
    }
  }
}

async function removeTree(folder: string): Promise<boolean> {
  for (const child of await subfolders(folder)) if (!(await removeTree(child))) return false;
  return rmdir(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
}

function noCgroup2(): AnklumeError {
  return new AnklumeError({
    code: 'cgroup2-missing',
    exit: ExitCode.environment,
    message: {
      en: 'This machine has no cgroup 2 file system mounted, which containers need.',
      fr: "Cette machine n'a pas de système de fichiers cgroup 2 monté, or les conteneurs en ont besoin.",
    },
    remedy: {
      en: "As root: 'mount -t cgroup2 cgroup2 /sys/fs/cgroup'; in a container, run it with nesting allowed.",
      fr: "En tant que root : « mount -t cgroup2 cgroup2 /sys/fs/cgroup » ; dans un conteneur, autorisez l'imbrication.",
    },
  });
}

function stuck(cgroup: Cgroup, pids: readonly number[]): AnklumeError {
  const list = pids.join(', ') || '?';
  return new AnklumeError({
    code: 'sandbox-stuck',
    message: {
      en: `Processes of the sandbox do not end: ${list} (in ${cgroup.path}).`,
      fr: `Des processus du bac à sable ne se terminent pas : ${list} (dans ${cgroup.path}).`,
    },
    remedy: {
      en: 'They wait for the kernel, for a slow disk as a rule. Stop the sandbox again in a while.',
      fr: "Ils attendent le noyau, le plus souvent à cause d'un disque lent. Arrêtez de nouveau le bac à sable plus tard.",
    },
  });
}
