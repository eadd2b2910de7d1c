import type { ExportReport, ImportReport } from '../../images/index.ts';
import type { Image } from '../../incus/index.ts';
import type { ResultsOf } from '../../kit/results.ts';
import type { Kept } from '../golden/index.ts';

declare module '../../kit/results.ts' {
  interface Results {
    images: ImagesResults;
  }
}

export type ImagesResults = ResultsOf<Contents>;

interface Contents {
  readonly 'golden-images': { readonly images: readonly Kept[] };
  readonly 'golden-pruned': { readonly removed: readonly Kept[] };
  readonly image: { readonly name: string; readonly fingerprint: string };
  readonly images: { readonly images: readonly Image[] };
  readonly 'images-exported': ExportReport;
  readonly 'images-imported': ImportReport;
}
