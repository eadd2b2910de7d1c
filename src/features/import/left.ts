import type { Text } from '../../base/messages/index.ts';

/** Something of the daemon that the file cannot say, or does not say. Plain JSON. */
export interface Left {
  /** Stable and kebab-case. */
  readonly code: string;
  /** `instance:default/web`, as in a plan. */
  readonly id: string;
  readonly text: Text;
}

/** A word from the daemon in a sentence: one line, not endless. */
export function shown(untrusted: string): string {
  const line = untrusted.replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
