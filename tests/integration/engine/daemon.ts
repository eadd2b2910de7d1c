import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { inject } from 'vitest';
import { connect, type Incus } from '../../../src/incus/index.ts';
import { incusCli, uniqueName } from '../support.ts';

/** What the `incus` command lists of an instance. */
export interface Listed {
  readonly name: string;
  readonly project: string;
  readonly status: string;
  readonly type: string;
  readonly profiles: string[];
  readonly config: Record<string, string>;
  readonly devices: Record<string, Record<string, string>>;
  readonly expanded_config: Record<string, string>;
  readonly expanded_devices: Record<string, Record<string, string>>;
  readonly created_at: string;
}

export function door(): Promise<Incus> {
  return connect({ socket: inject('socket') });
}

/** The instances of some projects, as the `incus` command sees them. */
export async function listed(...projects: string[]): Promise<Listed[]> {
  const all = JSON.parse(await incusCli('list', '--all-projects', '--format', 'json')) as Listed[];
  return all
    .filter((one) => projects.includes(one.project))
    .sort((a, b) => a.name.localeCompare(b.name));
}

export async function names(noun: 'network' | 'project'): Promise<string[]> {
  const all = JSON.parse(await incusCli(noun, 'list', '--format', 'json')) as { name: string }[];
  return all.map((one) => one.name);
}

/** Removes everything that a test made in its domains, protected or not, with the `incus` command. */
export async function removeDomains(...domains: string[]): Promise<void> {
  for (const instance of await listed(...domains)) {
    const where = ['--project', instance.project];
    await incusCli('config', 'set', instance.name, 'security.protection.delete=false', ...where);
    await incusCli('delete', '--force', instance.name, ...where);
  }
  const projects = await names('project');
  for (const project of domains.filter((one) => projects.includes(one)))
    await removeProject(project);
  const networks = await names('network');
  for (const network of domains.map((one) => `net-${one}`))
    if (networks.includes(network)) await incusCli('network', 'delete', network);
}

async function removeProject(project: string): Promise<void> {
  const where = ['--project', project];
  const volumes = JSON.parse(
    await incusCli('storage', 'volume', 'list', 'default', '--format', 'json', ...where),
  ) as { name: string; type: string; project: string }[];
  for (const volume of volumes)
    if (volume.type === 'custom' && volume.project === project)
      await incusCli('storage', 'volume', 'delete', 'default', volume.name, ...where);
  const profiles = JSON.parse(await incusCli('profile', 'list', '--format', 'json', ...where)) as {
    name: string;
  }[];
  for (const profile of profiles)
    if (profile.name !== 'default') await incusCli('profile', 'delete', profile.name, ...where);
  await incusCli('project', 'delete', project);
}

/** One write that the daemon itself told of. */
export interface Written {
  readonly action: string;
  readonly source: string;
}

/** Runs `work` and gives the daemon's own account of everything written meanwhile. */
export async function writesDuring(work: () => Promise<unknown>): Promise<Written[]> {
  const monitor = spawn(
    'incus',
    ['monitor', '--all-projects', '--type', 'lifecycle', '--format', 'json'],
    { env: { ...process.env, INCUS_DIR: inject('incusDir') }, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const events: Written[] = [];
  createInterface({ input: monitor.stdout }).on('line', (line) => {
    if (line !== '') events.push((JSON.parse(line) as { metadata: Written }).metadata);
  });
  try {
    const first = await landmark(events);
    await work();
    const last = await landmark(events);
    return events.slice(first + 1, last).filter((event) => !event.action.startsWith('config-'));
  } finally {
    monitor.kill();
  }
}

/** Writes a server key until the monitor tells of it; the index of that event. */
async function landmark(events: readonly Written[]): Promise<number> {
  const from = events.length;
  for (;;) {
    await incusCli('config', 'set', `user.landmark=${uniqueName('')}`);
    await pause(100);
    const index = events.findLastIndex((event) => event.action === 'config-updated');
    if (index >= from) return index;
  }
}
