import { inject } from 'vitest';
import { incusCli, incusQuery } from '../support.ts';

/** One disposable machine, as the daemon tells it to the `incus` command. */
export interface Seen {
  readonly name: string;
  readonly project: string;
  readonly status: string;
  readonly ephemeral: boolean;
  readonly config: Readonly<Record<string, string>>;
  readonly expanded_devices: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export const NAME = /^disp-\d{8}-\d{6}-\d{6}$/;

/** All disposable machines of the shared sandbox. */
export async function seen(): Promise<Seen[]> {
  const all = await incusQuery<Seen[]>('/1.0/instances?recursion=1&all-projects=true');
  return all.filter(({ name }) => name.startsWith('disp-'));
}

export async function names(): Promise<string[]> {
  return (await seen()).map(({ name }) => name);
}

/** Disposable machines of which the storage still holds something. */
export async function volumes(): Promise<string[]> {
  const all = await incusQuery<{ readonly name: string }[]>(
    '/1.0/storage-pools/default/volumes/container?recursion=1&all-projects=true',
  );
  return all.map(({ name }) => name).filter((name) => name.startsWith('disp-'));
}

/** The network namespace of a machine, as a file that can be entered. */
export async function netnsOf(name: string, project: string): Promise<string> {
  const { pid } = await incusQuery<{ pid: number }>(
    `/1.0/instances/${name}/state?project=${project}`,
  );
  return `${inject('proc')}/${pid}/ns/net`;
}

/** Removes all of them by another way than the code under test. */
export async function clearDisposables(): Promise<void> {
  for (const { name, project } of await seen())
    await incusCli('delete', '--force', '--project', project, name).catch(() => undefined);
  await incusCli('project', 'delete', 'anklume-disposable').catch(() => undefined);
}
