import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { incusCli, incusQuery, inSandbox } from '../support.ts';

const TREE = fileURLToPath(new URL('tree.py', import.meta.url));

/** A second pool in the shared sandbox, whose driver copies instead of sharing blocks. */
export const DIR_POOL = 'plain';

/** Makes the pool where it is missing. */
export async function dirPool(): Promise<void> {
  const pools = JSON.parse(await incusCli('storage', 'list', '--format', 'json')) as {
    name: string;
  }[];
  if (!pools.some(({ name }) => name === DIR_POOL))
    await incusCli('storage', 'create', DIR_POOL, 'dir');
}

export interface Placed {
  readonly project: string;
  readonly name: string;
  readonly pool?: string;
  /** The holder of the sandbox, where that is not the tests' own. */
  readonly holder?: number;
}

/** A path of a machine's own file system, as the sandbox's host sees it. */
export function onHost({ project, name, pool = 'default' }: Placed, path: string): string {
  return `/var/lib/incus/storage-pools/${pool}/containers/${project}_${name}/rootfs${path}`;
}

/** Data that is hard to copy: holes, hard links, attributes, and `count` small files. */
export async function makeData(machine: Placed, count: number): Promise<void> {
  await python(machine, 'make', onHost(machine, '/data'), String(count));
}

/** Everything about that data in one line. */
export async function dataOf(machine: Placed): Promise<string> {
  return python(machine, 'digest', onHost(machine, '/data'));
}

async function python({ holder }: Placed, ...words: string[]): Promise<string> {
  // The test's file may not be visible in the sandbox's own mounts: it goes in by standard input.
  const enter = ['nsenter', '-t', String(holder ?? inject('holder')), '-m', '-n', '-p', '-C', '--'];
  const { stdout } = await run([...enter, 'python3', '-', ...words], {
    input: await readFile(TREE, 'utf8'),
  });
  return stdout.trim();
}

/** Destroys part of a machine's data and adds to it. */
export async function spoil(machine: Placed): Promise<void> {
  const at = (path: string) => onHost(machine, path);
  await inSandbox('rm', '-rf', at('/data/many'), at('/data/link'));
  await inSandbox('cp', '/etc/passwd', at('/data/holes'));
  await inSandbox('touch', at('/data/new'));
}

/** Names of a machine's snapshots, from the daemon itself. */
export async function snapshotsOf({ project, name }: Placed): Promise<string[]> {
  const all = await incusQuery<{ name: string }[]>(
    `/1.0/instances/${name}/snapshots?recursion=1&project=${project}`,
  );
  return all.map((one) => one.name).sort();
}

export async function configOf({ project, name }: Placed): Promise<Record<string, string>> {
  return (
    await incusQuery<{ config: Record<string, string> }>(
      `/1.0/instances/${name}?project=${project}`,
    )
  ).config;
}

export async function statusOf({ project, name }: Placed): Promise<string> {
  return (await incusQuery<{ status: string }>(`/1.0/instances/${name}?project=${project}`)).status;
}

/** Everything of one infrastructure as the API shows it, but for what differs from one making to the next. */
export async function worldNow(name: string): Promise<unknown> {
  const lists = [
    'networks',
    'projects',
    'profiles',
    'instances',
    'storage-pools/default/volumes/custom',
  ];
  const found = await Promise.all(
    lists.map((list) =>
      incusQuery<Record<string, unknown>[]>(
        `/1.0/${list}?recursion=1${list === 'networks' || list === 'projects' ? '' : '&all-projects=true'}`,
      ),
    ),
  );
  const passing = ['created_at', 'last_used_at', 'used_by', 'expanded_config', 'location'];
  return found
    .flat()
    .flatMap((object) => {
      const config = object.config as Record<string, string> | null;
      if (config?.['user.anklume.project'] !== name) return [];
      const kept = Object.entries(object).filter(([key]) => !passing.includes(key));
      const lasting = Object.entries(config).filter(
        ([key]) => !/^volatile\.|^user\.anklume\.restor/.test(key),
      );
      return [{ ...Object.fromEntries(kept), config: Object.fromEntries(lasting.sort()) }];
    })
    .sort((x, y) => JSON.stringify(x).localeCompare(JSON.stringify(y)));
}
