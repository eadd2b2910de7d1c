/** Characters on screen of the longest line: colours take none. */
export function visibleLength(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.replaceAll(COLOUR, '').length));
}

const COLOUR = /\u001b\[([0-9;]*)m/g;

/**
 * Breaks a text between words into lines of at most `width` characters on screen; a longer word stays whole.
 * A colour that is open at the end of a line is closed there and opened again on the next.
 */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && visibleLength(longer) > width) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    lines.push(line);
  }
  return carryColours(lines);
}

function carryColours(lines: readonly string[]): string[] {
  let open = '';
  return lines.map((line) => {
    const whole = open + line;
    for (const [sequence, code = ''] of line.matchAll(COLOUR))
      open = CLOSING.has(code) ? '' : open + sequence;
    return open === '' ? whole : `${whole}\u001b[0m`;
  });
}

/** Ends of colours, of bold and dim, and of everything. Colours are not nested here. */
const CLOSING = new Set(['', '0', '22', '39']);

/**
 * Lines that are longer than the terminal is wide, broken between words. What follows stands under the last column,
 * or under the beginning where that column leaves less than half of the width.
 */
export function wrapHelp(text: string, width: number | undefined): string {
  if (width === undefined) return text;
  return text
    .split('\n')
    .flatMap((line) => (visibleLength(line) <= width ? [line] : hanging(line, width)))
    .join('\n');
}

function hanging(line: string, width: number): string[] {
  const begin = visibleLength(/^ */.exec(line)?.[0] ?? '');
  const column = visibleLength(/^ *\S.* {2,}(?=\S)/.exec(line)?.[0] ?? '');
  const at = column > begin && column <= width / 2 ? column : begin;
  const indent = ' '.repeat(column === at ? at : begin + 4);
  const lead = at === column ? charactersOf(line, column) : begin;
  const room = width - indent.length;
  const [first = '', ...rest] = wrapWords(line.slice(lead), at === column ? room : width - begin);
  const more = at === column ? rest : wrapWords(rest.join(' '), room).filter((one) => one !== '');
  return [line.slice(0, lead) + first, ...more.map((one) => indent + one)];
}

/** How many characters of a line, colours included, make so many on screen. */
function charactersOf(line: string, columns: number): number {
  let end = columns;
  while (visibleLength(line.slice(0, end)) < columns) end += 1;
  return end;
}
