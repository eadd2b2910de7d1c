export type Counts = Record<string, number>;

/** What the instrumented sources look at. */
interface Switch {
  activeMutant: string | undefined;
  currentTestId: string | undefined;
  /** How often the woken mutant was passed by; above the limit it throws, which ends a loop without end. */
  hitCount: number | undefined;
  hitLimit: number | undefined;
  readonly mutantCoverage: {
    /** Outside of tests: while modules load. */
    readonly static: Counts;
    readonly perTest: Record<string, Counts>;
  };
  /** Mutants with which the tests cannot even be listed. */
  readonly broken: Set<string>;
}

/** One for all copies of this module. */
const shared: { __stryker__?: Switch } = globalThis as object;
export const state: Switch = shared.__stryker__ ?? {
  activeMutant: undefined,
  currentTestId: undefined,
  hitCount: undefined,
  hitLimit: undefined,
  mutantCoverage: { static: {}, perTest: {} },
  broken: new Set(),
};
shared.__stryker__ = state;
