import { setTimeout as pause } from 'node:timers/promises';
import type { Incus } from '../../incus/index.ts';
import type { Disposable } from './tag.ts';

/** Milliseconds between two looks, each of which costs the daemon about 5. */
const PAUSE = 50;

/**
 * Waits until the card of a machine has an address, for `seconds` at most. False when it still has none: what is in
 * the image may not ask for one.
 */
export async function waitForNetwork(
  incus: Incus,
  { name, project }: Disposable,
  seconds: number,
  signal: AbortSignal,
): Promise<boolean> {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const { network } = await incus.instances.state(name, { project, signal });
    const cards = Object.entries(network ?? {}).filter(([card]) => card !== 'lo');
    if (cards.some(([, { addresses }]) => addresses.some(({ family }) => family === 'inet')))
      return true;
    await pause(PAUSE, undefined, { signal });
  }
  return false;
}
