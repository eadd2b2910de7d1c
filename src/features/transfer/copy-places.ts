import { type Daemon, openProject, openWorld, type ProjectChoice } from '../../site/index.ts';
import { type Copied, type CopyOptions, copyFiles } from './copy.ts';
import { type Declared, declaredIn } from './declared.ts';
import { type CopyOutcome, copyMany, type Pair, pairsOf } from './many.ts';
import { parsePlaces } from './place.ts';

/** The copies that two words ask for, and what infra.yml says of them. */
export interface WantedCopies {
  readonly pairs: readonly Pair[];
  readonly declared: Declared;
}

/** Reads the project. Throws for a word that is no place, or for many to many (exit 2). */
export async function wantedCopies(
  place: Pick<ProjectChoice, 'cwd' | 'infra'>,
  source: string,
  target: string,
): Promise<WantedCopies> {
  const [{ infra }, { desired }] = await Promise.all([openProject(place), openWorld(place)]);
  const from = parsePlaces(source, desired, place.cwd);
  const to = parsePlaces(target, desired, place.cwd);
  return { pairs: pairsOf(from, to), declared: declaredIn(infra) };
}

/** One copy, whose failure is thrown, or several, each with its end. Plain JSON. */
export async function copyPlaces(
  { incus }: Daemon,
  { pairs, declared }: WantedCopies,
  choices: Omit<CopyOptions, 'declared' | 'into'>,
): Promise<Copied | { readonly copies: readonly CopyOutcome[] }> {
  const options = { ...choices, declared };
  const [only, ...more] = pairs;
  if (only && more.length === 0 && only.into === undefined)
    return copyFiles(incus, only.from, only.to, options);
  return { copies: await copyMany(incus, pairs, options) };
}
