import type { Text } from '../../base/messages/index.ts';

/** A machine that could not be tried, and why. */
export interface Untested {
  readonly machine: string;
  readonly reason: Text;
  /** It does not count against the proof: nothing of it runs, or what it could send was tried in its place. */
  readonly excused?: true;
}
