/** One figure: a median of ours beside one of the baseline in the same run, and the ratio that counts. */
export interface Row {
  readonly what: string;
  /** Milliseconds. */
  readonly ours: number;
  readonly baseline: number;
  readonly ratio: number;
  /** The highest ratio that is good enough. */
  readonly aim?: number;
  readonly note?: string;
}

/** Some figures that are measured together, by a name to ask for. */
export interface Bench {
  readonly name: string;
  run(): Promise<readonly Row[]>;
}

/** Longest title in use; rows are printed as they come. */
const WIDTH = 60;

export function rowText({ what, ours, baseline, ratio, aim, note }: Row): string {
  const aimed = aim === undefined ? '' : `  aim ${aim}${ratio <= aim ? '' : '  MISSED'}`;
  const times = `(${ours.toFixed(0)} / ${baseline.toFixed(0)} ms)`;
  return `${what.padEnd(WIDTH)}  x${ratio.toFixed(2)}  ${times}${aimed}${note ? `  ${note}` : ''}`;
}

/** The benches of which a name was asked for, or the beginning of one; all where none was. */
export function chosen(benches: readonly Bench[], only: string | undefined): readonly Bench[] {
  const found = benches.filter(({ name }) => only === undefined || name.startsWith(only));
  if (found.length > 0) return found;
  throw new Error(`no bench '${only}': one of ${benches.map(({ name }) => name).join(', ')}`);
}

/** The word behind `--only`. */
export function onlyIn(argv: readonly string[]): string | undefined {
  const at = argv.indexOf('--only');
  return at < 0 ? undefined : (argv[at + 1] ?? '');
}
