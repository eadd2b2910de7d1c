import type { Emit } from '../base/messages/index.ts';
import type { Host } from '../base/system/index.ts';

/** A machine, as Incus names it. */
export interface InstanceRef {
  readonly project: string;
  readonly name: string;
}

/** What a repair may need. */
export interface Repairs {
  /** Where the daemon runs; absent for a remote one, where less can be put right. */
  readonly host?: Host | undefined;
  readonly emit?: Emit | undefined;
}
