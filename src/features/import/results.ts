import type { ResultsOf } from '../../kit/results.ts';
import type { ImportedText } from './running.ts';

declare module '../../kit/results.ts' {
  interface Results {
    import: ImportResults;
  }
}

export type ImportResults = ResultsOf<Contents>;

interface Contents {
  readonly import: ImportedText | ImportedFile;
}

interface ImportedFile extends Omit<ImportedText, 'text'> {
  /** The file that was written. */
  readonly file: string;
}
