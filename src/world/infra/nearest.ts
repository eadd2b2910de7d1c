/** Words longer than this are not compared: nobody mistypes a known key into one. */
const LONGEST = 60;

/** How many insertions, deletions, replacements and swaps of neighbours lead from one word to the other. */
export function distance(a: string, b: string): number {
  if (a.length > LONGEST || b.length > LONGEST) return Math.max(a.length, b.length);
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, at(beforeLast, j - 2) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}

/** The known word that is most like the given one, or undefined when none is close. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const folded = word.toLowerCase().replaceAll('-', '_');
  let best: { readonly name: string; readonly far: number } | undefined;
  for (const name of known) {
    const limit = Math.max(1, Math.floor(name.length / 3));
    if (Math.abs(name.length - word.length) > limit) continue;
    const far = distance(folded, name.toLowerCase().replaceAll('-', '_'));
    if (far <= limit && (!best || far < best.far)) best = { name, far };
  }
  return best?.name;
}

/** How many suggestions one rule makes: a person reads a few, and a hostile file asks for a hundred million comparisons. */
const MOST_SUGGESTIONS = 30;

/** `nearest` among the same words each time, until a reader has had enough. */
export function suggester(known: readonly string[]): (word: string) => string | undefined {
  let left = MOST_SUGGESTIONS;
  return (word) => (left-- > 0 ? nearest(word, known) : undefined);
}
