import type { ExportReport, ImportReport } from '../../images/index.ts';
import type { Image } from '../../incus/index.ts';
import type { ResultsOf } from '../../kit/results.ts';

declare module '../../kit/results.ts' {
  interface Results {
    images: ImagesResults;
  }
}

export type ImagesResults = ResultsOf<Contents>;

interface Contents {
  readonly image: { readonly name: string; readonly fingerprint: string };
  readonly images: { readonly images: readonly Image[] };
  readonly 'images-exported': ExportReport;
  readonly 'images-imported': ImportReport;
}
