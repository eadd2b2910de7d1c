import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { productRoot } from '../../base/system/index.ts';
import type { Sender } from './forge-senders.ts';
import type { GuestExec } from './guests.ts';

/** Of at most some 300 digits each: more would not fit a command line on every kernel. */
const MOST_FRAMES = 300;

/**
 * Has virtual machines send the frames that were made for them (prober/forging.py), told as `{"number of the sender": [digits]}`.
 * Gives the names of the senders that did not send all of theirs; a guest that fails makes it no failure.
 */
export async function sendFrames(
  line: string,
  senders: readonly Sender[],
  exec: GuestExec | undefined,
): Promise<ReadonlySet<string>> {
  const script = await readFile(join(productRoot(), 'src/isolation/proof/guest-forger.py'), 'utf8');
  const orders = JSON.parse(line) as Readonly<Record<string, readonly string[]>>;
  const silent = new Set<string>();
  const sent = async ({ guest, mac = '' }: Sender, frames: readonly string[]) => {
    if (!guest || !exec) return false;
    for (let start = 0; start < frames.length; start += MOST_FRAMES) {
      const part = frames.slice(start, start + MOST_FRAMES);
      const { stdout } = await exec(guest, ['python3', '-I', '-c', script, mac, ...part]);
      if (!/^sent$/m.test(stdout)) return false;
    }
    return true;
  };
  await Promise.all(
    Object.entries(orders).map(async ([number, frames]) => {
      const sender = senders[Number(number) - 1];
      if (sender && !(await sent(sender, frames).catch(() => false))) silent.add(sender.name);
    }),
  );
  return silent;
}
