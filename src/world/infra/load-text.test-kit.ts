import { loadTexts } from './load.ts';
import type { LoadResult, ResolveContext } from './types.ts';

/** A host of level 1 with 8 processors and 16 GiB, for tests. */
export const CONTEXT: ResolveContext = {
  nesting: { absoluteLevel: 1, relativeLevel: 0, vmNested: false, yolo: false },
  host: { cpus: 8, memoryBytes: 16 * 2 ** 30 },
};

/** Loads a text as if it were infra.yml. */
export function loadText(text: string, context: ResolveContext = CONTEXT): LoadResult {
  return loadTexts([{ file: 'infra.yml', part: 'whole', text }], context);
}

/** The codes of what was found, in order. */
export function codesOf({ problems }: LoadResult): string[] {
  return problems.map(({ code }) => code);
}
