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
}

export const state: Switch = {
  activeMutant: undefined,
  currentTestId: undefined,
  hitCount: undefined,
  hitLimit: undefined,
  mutantCoverage: { static: {}, perTest: {} },
};
Object.assign(globalThis, { __stryker__: state });
