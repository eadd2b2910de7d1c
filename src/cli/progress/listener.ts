import type { Emit } from '../../messages/index.ts';

/** Somebody who listens to events and shows them; `close` leaves the terminal as it should stay. */
export interface Listener {
  readonly emit: Emit;
  close(): void;
}

/** Listens and shows nothing. */
export const deaf: Listener = { emit: () => {}, close: () => {} };
