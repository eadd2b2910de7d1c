import type { Emit } from '../../base/messages/index.ts';

/** Somebody who listens to events and shows them; `close` leaves the terminal as it should stay. */
export interface Listener {
  readonly emit: Emit;
  close(): void;
}

/** Passes on warnings alone: a result may speak of them, and none is to be missed for being brief. */
export function warningsOnly({ emit, close }: Listener): Listener {
  return {
    emit(event) {
      if (event.type === 'note' && event.level === 'warning') emit(event);
    },
    close,
  };
}
