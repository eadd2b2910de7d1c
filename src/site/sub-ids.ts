import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Host } from '../base/system/index.ts';
import { type IdRange, subIdsOf } from '../engine/index.ts';

const NONE: IdRange = { start: 0, size: 0 };

/** Whether a daemon on this host has all users of the kernel, as one inside a container has not. */
export async function hasAllUsers({ proc }: Pick<Host, 'proc'>): Promise<boolean> {
  const map = await readFile(join(proc, '1', 'uid_map'), 'utf8').catch(() => ALL);
  return map.trim().split(/\s+/).join(' ') === ALL;
}

const ALL = '0 0 4294967295';

/**
 * The users that a daemon on this host may give to containers, as it reads them itself; size 0 for none. Undefined
 * where the host says nothing, and Incus takes its own default.
 */
export async function readSubIds({ proc }: Pick<Host, 'proc'>): Promise<IdRange | undefined> {
  const read = (name: string) =>
    readFile(join(dirname(proc), 'etc', name), 'utf8').catch(() => undefined);
  const [users, groups] = await Promise.all([read('subuid'), read('subgid')]);
  if (users === undefined || groups === undefined) return undefined;
  return subIdsOf(users, groups) ?? NONE;
}
