import type { Text } from '../../base/messages/index.ts';

/** One part of this machine: what was found, and what to do when it is not enough. Plain JSON. */
export interface Finding {
  readonly id: string;
  readonly name: Text;
  /** `bad` lacks something necessary; `warning` lacks something that some uses need. */
  readonly state: 'good' | 'warning' | 'bad';
  readonly found: Text;
  readonly remedy?: Text;
}

/** What is said of a thing that is not there. */
export const ABSENT: Text = { en: 'not found', fr: 'introuvable' };
