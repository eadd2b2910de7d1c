import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnklumeError, ExitCode } from '../base/messages/index.ts';
import {
  type Host,
  identify,
  type ProcessIdentity,
  productRoot,
  run,
} from '../base/system/index.ts';
import { type Cgroup, delegateControllers, processesIn } from './cgroup.ts';
import { raiseKernelLimits } from './kernel-limits.ts';
import { INCUS_DIR_INSIDE, type Places } from './places.ts';

/** PID 1 of the sandbox: the namespaces live and die with it. */
export async function findHolder(cgroup: Cgroup): Promise<ProcessIdentity | undefined> {
  const candidates = [...(await processesIn(cgroup.path)), ...(await processesIn(cgroup.inner))];
  for (const pid of candidates) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    if (isFirstProcess(status)) return identify(pid);
  }
  return undefined;
}

/** Whether `/proc/PID/status` is that of a process which is number 1 in an inner PID namespace. */
export function isFirstProcess(status: string): boolean {
  const numbers = /^NSpid:\s+(.*)$/m.exec(status)?.[1]?.split(/\s+/) ?? [];
  return numbers.length > 1 && numbers.at(-1) === '1';
}

/** How to run something inside, with the holder as the door. */
export function insideOf(holder: number): Host {
  return {
    enter: ['nsenter', '-t', String(holder), '-m', '-n', '-p', '-C', '--'],
    proc: `/proc/${holder}/root/proc`,
  };
}

/** Starts a program that outlives this one, accounted to the cgroup from its first moment. */
export async function spawnInCgroup(
  folder: string,
  argv: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<number> {
  const script = join(productRoot(), 'src/sandbox/enter-cgroup.sh');
  const child = spawn('sh', [script, join(folder, 'cgroup.procs'), ...argv], {
    detached: true,
    stdio: 'ignore',
    cwd: '/',
    env: { ...process.env, ...env },
  });
  await once(child, 'spawn');
  child.unref();
  return child.pid ?? 0;
}

/** Milliseconds; it takes about ten on an idle machine. */
const HOLDER_LIMIT = 10_000;

/** New namespaces with a first process that does nothing but collect orphans. */
export async function startHolder(cgroup: Cgroup, signal?: AbortSignal): Promise<ProcessIdentity> {
  // 'slave': an unmount on the host is followed inside, so a sandbox never keeps somebody's disk busy;
  // nothing that is mounted inside is ever seen outside.
  const first = await spawnInCgroup(cgroup.path, [
    ...['unshare', '--mount', '--net', '--pid', '--cgroup', '--fork', '--kill-child'],
    ...['--propagation', 'slave', '--mount-proc', 'tini', '--', 'sleep', 'infinity'],
  ]);
  const deadline = performance.now() + HOLDER_LIMIT;
  for (;;) {
    signal?.throwIfAborted();
    const holder = await findHolder(cgroup);
    if (holder && (await isInPlace(holder.pid))) return holder;
    if (performance.now() > deadline || !(await identify(first))) throw notStarted();
    await sleep(5);
  }
}

/** `unshare` has mounted the new /proc and given way to tini. */
async function isInPlace(pid: number): Promise<boolean> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim() === 'tini';
}

/** Prepares the namespaces: own /sys and cgroup tree, loopback, forwarding, resolver. */
export async function furnish(cgroup: Cgroup, places: Places, holder: number): Promise<void> {
  const { enter } = insideOf(holder);
  const inside = (...argv: string[]) => run([...enter, ...argv]);
  // The root of the inner cgroup tree stays free of processes: the kernel gives controllers only to such a cgroup's children.
  for (const pid of await processesIn(cgroup.path))
    await writeFile(join(cgroup.inner, 'cgroup.procs'), String(pid)).catch(() => {});
  await delegateControllers(cgroup);
  // 32: nothing was mounted there.
  await run([...enter, 'umount', '--recursive', '--lazy', '/sys'], { accept: [32] });
  await inside('mount', '-t', 'sysfs', 'sysfs', '/sys');
  await inside('mount', '-t', 'cgroup2', 'cgroup2', '/sys/fs/cgroup');
  await inside('mkdir', '-p', INCUS_DIR_INSIDE);
  await inside('mount', '--bind', places.data, INCUS_DIR_INSIDE);
  // Lock files of LXC and names of network namespaces would stay on the host.
  for (const folder of ['/run/lxc', '/run/netns']) {
    await inside('mkdir', '-p', folder);
    await inside('mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', folder);
  }
  await inside('mount', '--bind', places.resolver, '/etc/resolv.conf').catch(() => {});
  await inside('ip', 'link', 'set', 'lo', 'up');
  await writeInside(holder, 'net/ipv4/ip_forward', '1');
  await raiseKernelLimits();
}

/** Sets a kernel setting of the sandbox's own network namespace. */
async function writeInside(holder: number, setting: string, value: string): Promise<void> {
  await run([...insideOf(holder).enter, 'tee', `/proc/sys/${setting}`], { input: value });
}

function notStarted(): AnklumeError {
  return new AnklumeError({
    code: 'sandbox-namespaces',
    exit: ExitCode.environment,
    message: {
      en: 'The namespaces of the sandbox could not be made.',
      fr: "Les espaces de noms du bac à sable n'ont pas pu être créés.",
    },
    remedy: {
      en: "It needs root, 'unshare', 'tini' and a kernel that allows new mount, network, PID and cgroup namespaces.",
      fr: 'Il faut root, « unshare », « tini » et un noyau qui permette de nouveaux espaces de noms (montage, réseau, PID, cgroup).',
    },
  });
}
