import { readIfExists, writeAtomic } from '../system/index.ts';
import type { Places } from './places.ts';

/** What a person chose when the sandbox was first started; a later start without a choice keeps it. */
export interface Choices {
  readonly storage: 'btrfs' | 'dir';
  readonly uplink: boolean;
}

/** Kept between runs. The running sandbox itself is observed, never remembered; this says only how far a start had come. */
export interface State extends Choices {
  /** Start time of the holder whose namespaces are fully furnished; another holder is a start that was cut short. */
  readonly furnished?: string;
}

/** The kept state, or undefined when there is none that can be read. */
export async function readState(places: Places): Promise<State | undefined> {
  const bytes = await readIfExists(places.state);
  if (!bytes) return undefined;
  try {
    return checkState(JSON.parse(bytes.toString('utf8')));
  } catch {
    return undefined;
  }
}

function checkState(value: unknown): State | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { storage, uplink, furnished } = value as Record<string, unknown>;
  if ((storage !== 'btrfs' && storage !== 'dir') || typeof uplink !== 'boolean') return undefined;
  return { storage, uplink, ...(typeof furnished === 'string' && { furnished }) };
}

/** Replaces the kept state. */
export async function writeState(places: Places, state: State): Promise<void> {
  await writeAtomic(places.state, `${JSON.stringify(state)}\n`, 0o600);
}
