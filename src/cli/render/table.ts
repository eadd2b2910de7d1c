import Table from 'cli-table3';

/**
 * A table in at most `width` columns: the widest column gives way first, its cells wrap.
 * Cells may carry colours.
 */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const widths = columnWidths(head, rows, width);
  const table = new Table({
    head: [...head],
    // No line between rows: twice as many rows fit the screen.
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    style: { head: [], border: [], 'padding-left': 1, 'padding-right': 1 },
    ...(widths && { colWidths: widths, wordWrap: true, wrapOnWordBoundary: false }),
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

/** Widths when the table would be too wide; undefined when it fits as it is. */
function columnWidths(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): number[] | undefined {
  // Two columns of padding in each cell.
  const wanted = head.map(
    (title, at) => 2 + Math.max(...[title, ...rows.map((row) => row[at] ?? '')].map(visibleLength)),
  );
  const room = width - head.length - 1;
  if (sum(wanted) <= room) return undefined;
  const widths = [...wanted];
  // No column below 8: a table that narrow cannot be read, so it is left wider than the terminal.
  while (sum(widths) > room) {
    const widest = widths.indexOf(Math.max(...widths));
    const value = widths[widest] ?? 0;
    if (value <= 8) break;
    widths[widest] = value - 1;
  }
  return widths;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}

/** Characters on screen: colours take none. */
export function visibleLength(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.replace(/\u001b\[[0-9;]*m/g, '').length));
}
