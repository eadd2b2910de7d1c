/**
 * What commands print on standard output with `--json`, feature by feature. Each feature adds what it prints in its
 * own `results.ts`; `schemas/results.schema.json` is made of it (`npm run docs:gallery`).
 */
// biome-ignore lint/suspicious/noEmptyInterface: features add to it
export interface Results {}

/** The results of one feature: contents by the `type` that they are printed with. */
export type ResultsOf<Contents> = {
  readonly [Type in keyof Contents]: { readonly type: Type } & Contents[Type];
};

/** Whatever a command prints. */
export type Result = {
  [Feature in keyof Results]: Results[Feature][keyof Results[Feature]];
}[keyof Results];
