import { alone, type Daemon, type Listening } from '../../site/index.ts';
import { type Restored, type RestoreOptions, restoreBackup } from './restore.ts';

/** Puts machines of a backup back, with the daemon held. */
export function restoreAlone(
  daemon: Daemon,
  path: string,
  choices: Omit<RestoreOptions, 'host' | 'emit' | 'signal'>,
  { emit, signal }: Listening,
): Promise<Restored> {
  const { incus, host } = daemon;
  return alone(daemon, 'restore', { emit, signal }, () =>
    restoreBackup(incus, path, { ...choices, host, emit, signal }),
  );
}
