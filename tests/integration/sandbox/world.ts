import { existsSync } from 'node:fs';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { identify, run } from '../../../src/base/system/index.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';

/** What a running sandbox has on this machine, noted down by looking at the kernel. */
export interface Traces {
  readonly folder: string;
  readonly namespaces: readonly string[];
  /** Clock ticks since boot when this was noted: the kernel gives numbers of namespaces again, to later processes. */
  readonly ticks: number;
  readonly poolInodes: readonly number[];
  /** Interface of an uplink; there need not be one. */
  readonly link: string;
}

const NAMESPACES = ['net', 'mnt', 'pid', 'cgroup'];

/** Notes what must be gone after a stop. */
export async function tracesOf(sandbox: Sandbox): Promise<Traces> {
  const disks = join(sandbox.folder, 'incus/disks');
  const files = await readdir(disks).catch(() => []);
  const hash = /anklume-sandbox-[a-z0-9-]+-([0-9a-f]{8})/.exec(
    await readFile(`/proc/${sandbox.holder}/cgroup`, 'utf8'),
  )?.[1];
  return {
    folder: sandbox.folder,
    ticks: await ticksNow(),
    link: `ankl-${hash}`,
    namespaces: await Promise.all(
      NAMESPACES.map((kind) => readlink(`/proc/${sandbox.holder}/ns/${kind}`)),
    ),
    poolInodes: await Promise.all(files.map(async (name) => (await stat(join(disks, name))).ino)),
  };
}

/** Everything that is left of the sandbox called `name`, in words; empty when nothing is. */
export async function leftovers(name: string, traces: Traces): Promise<string[]> {
  const left: string[] = [];
  for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    // A process that has ended and only waits for its parent to notice still shows its PID namespace.
    const identity = await identify(Number(pid));
    if (!identity || Number(identity.started) > traces.ticks) continue;
    const its = await Promise.all(
      NAMESPACES.map((kind) => readlink(`/proc/${pid}/ns/${kind}`).catch(() => '')),
    );
    const shared = its.filter((namespace) => traces.namespaces.includes(namespace));
    // One alone is a number given again to a process that was there before and has changed its namespace since.
    if (shared.length > 1) left.push(`process ${pid} in ${shared.join(', ')}`);
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (words.includes(`${traces.folder}/`)) left.push(`process ${pid}: ${words}`);
  }
  if ((await readFile('/proc/self/mountinfo', 'utf8')).includes(traces.folder))
    left.push('a mount');
  const backing = (await run(['losetup', '--list', '--noheadings', '--output', 'BACK-INO'])).stdout;
  for (const inode of backing.split('\n').map(Number))
    if (traces.poolInodes.includes(inode)) left.push(`a loop device on inode ${inode}`);
  if (existsSync(`/sys/class/net/${traces.link}`)) left.push(`interface ${traces.link}`);
  return [...left, ...(await namedThings(name))];
}

/** Control groups and tables carry the sandbox's name. */
async function namedThings(name: string): Promise<string[]> {
  const roots = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].filter((root) => existsSync(root));
  const groups = (await Promise.all(roots.map((root) => readdir(root)))).flat();
  const own = groups.filter((entry) => entry.startsWith(`anklume-sandbox-${name}-`));
  const tables = (await run(['nft', 'list', 'tables'])).stdout;
  const ownTable = `anklume_sandbox_${name.replaceAll('-', '_')}_`;
  return [
    ...own.map((entry) => `control group ${entry}`),
    ...(tables.includes(ownTable) ? [`table ${ownTable}`] : []),
  ];
}

/** Hundredths of a second since boot, which is how Linux counts the start times of processes. */
async function ticksNow(): Promise<number> {
  return Number((await readFile('/proc/uptime', 'utf8')).split(' ')[0]) * 100;
}
