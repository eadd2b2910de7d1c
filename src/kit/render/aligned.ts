import { visibleLength, wrapWords } from './wrap.ts';

/** Between two columns. */
const GAP = 2;

/**
 * Rows in columns without lines around them, in at most `width` characters; the last column wraps under itself. Each
 * row is the lines that it takes. Cells may carry colours.
 */
export function alignedLines(rows: readonly (readonly string[])[], width: number): string[][] {
  const last = Math.max(0, ...rows.map((row) => row.length)) - 1;
  const widths = Array.from({ length: Math.max(last, 0) }, (_, at) =>
    Math.max(...rows.map((row) => visibleLength(row[at] ?? ''))),
  );
  const indent = widths.reduce((sum, one) => sum + one + GAP, 0);
  // A last column with less room than its longest word is given lines of its own.
  const room = width - indent;
  const least = Math.max(LEAST, ...rows.flatMap((row) => longestWord(row[last] ?? '')));
  return rows.map((row) => {
    if (indent - GAP > width) return oneBelowTheOther(row, width);
    const lead = widths.map((one, at) => padded(row[at] ?? '', one + GAP)).join('');
    const text = row[last] ?? '';
    if (room < least) {
      const below = text === '' ? [] : wrapWords(text, width - 4);
      return [lead.trimEnd(), ...below.map((line) => `    ${line}`)];
    }
    const [first = '', ...rest] = wrapWords(text, room);
    return [`${lead}${first}`.trimEnd(), ...rest.map((line) => `${' '.repeat(indent)}${line}`)];
  });
}

/** For a screen too narrow for the columns: the first cell, and each other that says something on lines of its own. */
function oneBelowTheOther([first = '', ...others]: readonly string[], width: number): string[] {
  const below = others.filter((cell) => visibleLength(cell) > 0);
  return [first, ...below.flatMap((cell) => wrapWords(cell, width - 4).map((one) => `    ${one}`))];
}

/** Characters that a wrapped column needs to be readable. */
const LEAST = 16;

function longestWord(text: string): number {
  return Math.max(...text.split(/[ \n]/).map(visibleLength));
}

function padded(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - visibleLength(cell)));
}
