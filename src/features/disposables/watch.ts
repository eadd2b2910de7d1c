import type { Incus } from '../../incus/index.ts';
import { whenGone } from './owner.ts';
import { removeOwned } from './remove.ts';

/** Waits for the end of an owner, however it comes, and removes what it left behind. */
export async function watchOwner(incus: Incus, token: string, signal: AbortSignal): Promise<void> {
  await using _lock = await whenGone(token, signal);
  await removeOwned(incus, token);
}
