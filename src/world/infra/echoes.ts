import type { Finding, Path } from './finding.ts';

/**
 * The findings of the rules without those that only repeat, further on, that a value is wrong:
 * whatever stands at or below a part that was taken out, and whatever takes a wrong value to be right.
 */
export function withoutEchoes(cut: readonly Path[], rules: readonly Finding[]): readonly Finding[] {
  const gone = new Set(cut.map(keyOf));
  if (gone.has('')) return [];
  const errors = rules.filter(({ severity }) => severity === 'error');
  const wrong = new Set([...gone, ...errors.map(({ path }) => keyOf(path))]);
  return rules.filter(
    ({ path, restsOn = [] }) =>
      !isWithin(path, gone) && !restsOn.some((other) => isWithin(other, wrong)),
  );
}

function isWithin(path: Path, wrong: ReadonlySet<string>): boolean {
  return path.some((_, i) => wrong.has(keyOf(path.slice(0, i + 1))));
}

function keyOf(path: Path): string {
  return path.join('\0');
}
