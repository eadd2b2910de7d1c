/** The long form takes many more kill points, with a seed of its own each time. */
export const LONG = process.env.ANKLUME_FAULTS === 'long';

/** Of the short form: always the same moments. */
const FIXED = 20_261_121;

/** `ANKLUME_FAULT_SEED` plays a run again. */
export const SEED = Number(
  process.env.ANKLUME_FAULT_SEED ?? (LONG ? Date.now() % 1_000_000_000 : FIXED),
);

/** How many kill points: as the variable says, else as many as the form has. */
export function killsOf(variable: string, short: number, long: number): number {
  return Number(process.env[variable] ?? (LONG ? long : short));
}
