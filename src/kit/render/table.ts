import Table from 'cli-table3';
import { visibleLength, wrapWords } from './wrap.ts';

/**
 * A table in at most `width` columns. The widest columns give way first and their cells wrap between words;
 * where that is not enough, each row becomes a small list of its own. Cells may carry colours.
 */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const widths = columnWidths(head, rows, width);
  if (!widths) return renderRecords(head, rows);
  const fitted = (cells: readonly string[]) =>
    cells.map((cell, at) => wrapWords(cell, widths[at] ?? 0).join('\n'));
  const table = new Table({
    head: fitted(head),
    // No line between rows: twice as many rows fit the screen.
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    style: { head: [], border: [], 'padding-left': 1, 'padding-right': 1 },
  });
  table.push(...rows.map(fitted));
  return table.toString();
}

/** One line for each cell that says something, under one another; rows are set apart by an empty line. */
function renderRecords(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const label = Math.max(...head.map(visibleLength));
  return rows
    .map((row) =>
      row
        .map((cell, at) => ({ cell, title: head[at] ?? '' }))
        .filter(({ cell }) => visibleLength(cell) > 0)
        .map(({ cell, title }) => `${title.padEnd(label)}  ${cell}`)
        .join('\n'),
    )
    .join('\n\n');
}

/** Characters for the text of each column; undefined when some word would have to be cut. */
function columnWidths(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): number[] | undefined {
  const columns = head.map((title, at) => [title, ...rows.map((row) => row[at] ?? '')]);
  const widths = columns.map((cells) => Math.max(...cells.map(visibleLength)));
  const least = columns.map((cells) =>
    Math.max(...cells.flatMap((cell) => cell.split(/[ \n]/)).map(visibleLength)),
  );
  // A line left of each column and one at the end, and a blank on both sides of each cell.
  const room = width - 3 * head.length - 1;
  while (sum(widths) > room) {
    const slack = widths.map((value, at) => (value > (least[at] ?? 0) ? value : 0));
    const widest = Math.max(...slack);
    if (widest === 0) return undefined;
    widths[slack.indexOf(widest)] = widest - 1;
  }
  return widths;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
