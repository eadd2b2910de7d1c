import type { Capability, Cell } from './read.ts';
import type { Mark, Marks } from './scan.ts';

/** How much of something is shown. */
export interface Share {
  readonly cells: number;
  readonly covered: number;
  /** 0 to 100, rounded down: 100 means all. */
  readonly percent: number;
}

export interface CapabilityCoverage extends Share {
  readonly code: string;
  readonly name: string;
  readonly missing: readonly Cell[];
}

/** What tests and scenarios show of the matrix. Plain JSON. */
export interface Coverage extends Share {
  readonly capabilities: readonly CapabilityCoverage[];
  /** Tests and scenarios that carry an ID. */
  readonly tests: number;
  readonly scenarios: number;
  /** IDs that the matrix does not have, and comments that say nothing. */
  readonly faults: readonly string[];
}

/** Adds up what the marks show of the matrix. */
export function coverageOf(matrix: readonly Capability[], found: readonly Marks[]): Coverage {
  const marks = found.flatMap((one) => one.marks);
  const shown = new Set(marks.flatMap(({ ids }) => ids));
  const known = new Set(matrix.flatMap(({ cells }) => cells.map(({ id }) => id)));
  const capabilities = matrix.map(({ code, name, cells }) => {
    const missing = cells.filter(({ id }) => !shown.has(id));
    return { code, name, ...share(cells.length, cells.length - missing.length), missing };
  });
  const unknown = marks.flatMap(({ file, line, ids }) =>
    ids.filter((id) => !known.has(id)).map((id) => `${file}:${line}: the matrix has no cell ${id}`),
  );
  const covered = [...known].filter((id) => shown.has(id)).length;
  const by = (kind: Mark['by']) => marks.filter((mark) => mark.by === kind).length;
  return {
    ...share(known.size, covered),
    capabilities,
    tests: by('test'),
    scenarios: by('scenario'),
    faults: [...found.flatMap(({ faults }) => faults), ...unknown],
  };
}

function share(cells: number, covered: number): Share {
  return { cells, covered, percent: cells === 0 ? 100 : Math.floor((100 * covered) / cells) };
}
