import { mkdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Desired } from '../tree/index.ts';
import type { Daemon } from './daemon.ts';

/** A folder of the host, and the one below which only root may look. */
export interface DataFolder {
  readonly folder: string;
  readonly base: string;
}

/**
 * Folders that machines see by `persistent_data` and `shared_volumes`, as the tree has them: devices `pd-NAME` and
 * `sv-NAME` whose folder has that name. One that was declared elsewhere is the user's to make.
 */
function dataFolders({ domains }: Pick<Desired, 'domains'>): DataFolder[] {
  const devices = domains.flatMap(({ machines }) =>
    machines.flatMap((machine) => Object.entries(machine.devices)),
  );
  const found = devices.flatMap(([device, { type, source = '' }]) => {
    const [, kind, name] = /^(pd|sv)-(.+)$/.exec(device) ?? [];
    if (type !== 'disk' || !source.startsWith('/') || basename(source) !== name) return [];
    const base = kind === 'sv' ? dirname(source) : dirname(dirname(dirname(source)));
    return [{ folder: source, base }];
  });
  return [...new Map(found.map((one) => [one.folder, one])).values()];
}

/**
 * Makes those that are missing before a machine that is to see one starts. What a machine's root leaves there may
 * carry rights of root, so a base that is made here is closed to other users.
 */
export async function prepareDataFolders(desired: Desired, { host }: Daemon): Promise<void> {
  if (!host) return;
  for (const { folder, base } of dataFolders(desired)) {
    await mkdir(dirname(base), { recursive: true, mode: 0o755 });
    await mkdir(base, { recursive: true, mode: 0o700 });
    await mkdir(folder, { recursive: true, mode: 0o755 });
  }
}
