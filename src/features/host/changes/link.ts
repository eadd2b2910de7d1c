import { readlink, rename, rm, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolders } from '../../../base/system/index.ts';
import type { LinkChange } from '../step.ts';
import { edited, firstMissing, removeMade } from './file.ts';
import type { Handler } from './handler.ts';

/** A symbolic link of ours. Another link at its place is kept in the ledger; a file there is refused beforehand. */
export const link: Handler<LinkChange> = {
  async stands({ path, target }) {
    return (await targetOf(path)) === target;
  },
  async former({ path }) {
    const target = await targetOf(path);
    const made = await firstMissing(dirname(path));
    return { ...(target !== undefined && { target }), ...(made !== undefined && { made }) };
  },
  async carryOut({ path, target }) {
    await makeFolders(dirname(path));
    await place(path, target);
    return {};
  },
  async standing({ path, target }) {
    const now = await targetOf(path);
    if (now === undefined) return 'missing';
    return now === target ? 'kept' : 'changed';
  },
  async takeBack({ path, target }, former) {
    const now = await targetOf(path);
    if (now !== undefined && now !== target && now !== former.target) return edited(path);
    if (now === target && typeof former.target === 'string') await place(path, former.target);
    else if (now === target) await rm(path, { force: true });
    await removeMade(path, former);
    return undefined;
  },
};

/** Undefined for nothing, and for what is no link. */
async function targetOf(path: string): Promise<string | undefined> {
  return readlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'EINVAL') return undefined;
    throw error;
  });
}

/** Beside it first, then in its place: there is a link at every moment. */
async function place(path: string, target: string): Promise<void> {
  const fresh = `${path}.anklume-new`;
  await rm(fresh, { force: true });
  await symlink(target, fresh);
  await rename(fresh, path);
}
