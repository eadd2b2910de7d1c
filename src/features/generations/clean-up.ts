import { alone, type Daemon, type Listening } from '../../site/index.ts';
import { type Cleaning, cleanUp } from './cleaning.ts';
import { History } from './store.ts';

export interface CleanUpChoices {
  readonly projectName: string;
  /** How many changes can still be undone. */
  readonly keep: number;
  /** Asked with the names of what lies in the trash before it goes. */
  readonly confirm: (names: readonly string[]) => Promise<void>;
}

/** Removes what old changes keep, with the daemon held. */
export function cleanUpHistory(
  daemon: Daemon,
  { projectName, keep, confirm }: CleanUpChoices,
  listening: Listening,
): Promise<Cleaning> {
  const { incus, host, where } = daemon;
  const history = new History(projectName, where);
  return alone(daemon, 'history delete', listening, () =>
    cleanUp(incus, projectName, history, keep, { host }, confirm),
  );
}
