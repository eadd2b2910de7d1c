import { describe as given } from 'vitest';
import { state } from './switch.ts';

export * from 'vitest';

/** Tests of a room get this one: a mutant that makes it throw is noticed, and the list of tests goes on. */
export const describe = Object.assign((name: string, list: () => unknown) => {
  given(name, async () => {
    try {
      await list();
    } catch (error) {
      if (!state.activeMutant) throw error;
      state.broken.add(state.activeMutant);
    }
  });
}, given);
