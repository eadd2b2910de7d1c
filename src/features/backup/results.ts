import type { ResultsOf } from '../../kit/results.ts';
import type { BackedUp } from './back-up.ts';
import type { CopiedMachine } from './copy.ts';
import type { Backup } from './folders.ts';
import type { Restored } from './restore.ts';
import type { Verdict } from './verify.ts';

declare module '../../kit/results.ts' {
  interface Results {
    backup: BackupResults;
  }
}

export type BackupResults = ResultsOf<Contents>;

interface Contents {
  readonly backup: BackedUp;
  readonly backups: { readonly folder: string; readonly backups: readonly Backup[] };
  readonly copied: MachineCopied;
  readonly restored: BackupRestored;
  readonly verified: { readonly sound: boolean; readonly verdicts: readonly Verdict[] };
}

interface MachineCopied extends CopiedMachine {
  readonly from: string;
  readonly to: string;
}

interface BackupRestored extends Restored {
  /** Where the files of the project went. */
  readonly files?: string;
}
