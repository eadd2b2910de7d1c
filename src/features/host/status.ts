import type { Standing } from './changes/handler.ts';
import { handlerOf } from './changes/index.ts';
import { readLedger } from './ledger.ts';
import type { Change } from './step.ts';

/** A change of the ledger, and how it stands today. */
export interface Kept {
  readonly name: string;
  readonly change: Change;
  readonly at: string;
  /** `cut` for one that a run was cut short in. */
  readonly standing: Standing | 'cut';
}

/** Everything that was changed on this host, looked at anew. */
export async function hostStatus(): Promise<readonly Kept[]> {
  const { entries } = await readLedger();
  const all: Kept[] = [];
  for (const { name, change, at, state, former } of entries) {
    const standing = state === 'begun' ? 'cut' : await handlerOf(change).standing(change, former);
    all.push({ name, change, at, standing });
  }
  return all;
}
