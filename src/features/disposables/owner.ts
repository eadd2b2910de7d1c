import { randomBytes } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { AnklumeError } from '../../base/messages/index.ts';
import { acquireLock, type Lock } from '../../base/system/index.ts';
import type { Tag } from './tag.ts';

/** This process, as the one that answers for machines: as long as it lives it holds the lock of its token. */
export interface Owner extends AsyncDisposable {
  readonly token: string;
  readonly space: string;
}

/** The kernel frees the lock when this process ends, however it ends. */
export async function beOwner(): Promise<Owner> {
  const token = randomBytes(12).toString('hex');
  const [space, lock] = await Promise.all([thisSpace(), ownerLock(token)]);
  return { token, space, [Symbol.asyncDispose]: () => lock.release() };
}

/** The lock of a token, once its owner has gone. */
export function whenGone(token: string, signal?: AbortSignal): Promise<Lock> {
  return ownerLock(token, signal);
}

function ownerLock(token: string, signal?: AbortSignal): Promise<Lock> {
  return acquireLock(`disposable:${token}`, {
    command: 'disp',
    ...(signal && { wait: true, signal }),
  });
}

/**
 * Whether nobody answers for a machine any more. Locks are seen within one network namespace and until the next
 * boot; of an owner elsewhere nothing is known, and its machines are left to it.
 */
export async function isAbandoned({ use, token, space }: Tag, here: string): Promise<boolean> {
  if (use !== 'run' || space !== here) return false;
  try {
    await (await ownerLock(token)).release();
    return true;
  } catch (error) {
    if (error instanceof AnklumeError) return false;
    throw error;
  }
}

/** Names this boot and this network namespace. */
export async function thisSpace(): Promise<string> {
  const [boot, net] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    readlink('/proc/self/ns/net'),
  ]);
  return `${boot.trim()}/${net.replace(/\D/g, '')}`;
}
