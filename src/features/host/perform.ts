import { type Emit, step as told } from '../../base/messages/index.ts';
import { acquireLock, run } from '../../base/system/index.ts';
import type { Work } from './changes/handler.ts';
import { handlerOf } from './changes/index.ts';
import { begun, done, type Entry, type Former, readLedger, writeLedger } from './ledger.ts';
import { MANAGERS } from './managers.ts';
import { type Change, nameOf, type Step } from './step.ts';
import { labelOf } from './words.ts';

/** One at a time on a host: a second one is told who is at work. */
export const lockHost = (command: string, emit: Emit) =>
  acquireLock('host-bootstrap', { command, emit });

/** The steps that are still to be made: the host is not like that yet, or an earlier run was cut short in them. */
export async function pending(steps: readonly Step[]): Promise<Step[]> {
  const { entries } = await readLedger();
  const open: Step[] = [];
  for (const step of steps) {
    const cut = entries.some(({ name, state }) => name === nameOf(step) && state === 'begun');
    if (cut || !(await handlerOf(step).stands(step))) open.push(step);
  }
  return open;
}

/** Makes them, one after the other. Each is in the ledger before it is begun, so that a run may end anywhere. */
export async function perform(steps: readonly Step[], work: Work): Promise<void> {
  for (const { why: _, ...change } of steps) {
    work.signal?.throwIfAborted();
    const handler = handlerOf(change);
    const about = { id: `host:${nameOf(change)}`, label: labelOf(change) };
    await told(work.emit, about, async () => {
      if (change.kind === 'packages') await refresh(change.manager, work);
      const before = begun(
        await readLedger(),
        change,
        await handler.former(change),
        new Date().toISOString(),
      );
      await writeLedger(before);
      const learned = await handler.carryOut(change, formerIn(before.entries, change), work);
      await writeLedger(done(await readLedger(), change, learned));
    });
  }
}

function formerIn(entries: readonly Entry[], change: Change): Former {
  return entries.find(({ name }) => name === nameOf(change))?.former ?? {};
}

async function refresh(manager: keyof typeof MANAGERS, { signal }: Work): Promise<void> {
  const { update, env } = MANAGERS[manager];
  await run(update, { env, ...(signal && { signal }) });
}
