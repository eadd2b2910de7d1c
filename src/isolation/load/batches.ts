/** Lines for one run of `ip -batch`. */
export interface Batch {
  /** What `ip` has to be told before: no line of a batch can name its family. */
  readonly family: readonly string[];
  readonly lines: readonly string[];
}

const SIXTH = '-6 ';

/** Lines about routes, by their family: those of IPv6 begin with -6, as people would write them for `ip`. */
export function batchesOf(lines: readonly string[]): Batch[] {
  const sixth = lines.filter((line) => line.startsWith(SIXTH));
  return [
    { family: [], lines: lines.filter((line) => !sixth.includes(line)) },
    { family: ['-6'], lines: sixth.map((line) => line.slice(SIXTH.length)) },
  ].filter((batch) => batch.lines.length > 0);
}
