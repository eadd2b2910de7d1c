import type { Observed } from '../../engine/index.ts';
import type { OwnMachine } from './own-machine.ts';

/** A domain of ours as the daemon holds it. */
export interface OwnDomain {
  readonly name: string;
  readonly project: Observed['projects'][number];
  readonly network?: Observed['networks'][number];
  /** Base and number of its subnet; absent where it is not of the form `<base>.<id>.0/24` with the gateway .254. */
  readonly subnet?: { readonly base: string; readonly id: number };
  /** First three groups of its IPv6 network, where it has one, and the fourth. */
  readonly base6?: string;
  readonly group6?: string;
  readonly machines: readonly OwnMachine[];
}
