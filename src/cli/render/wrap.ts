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
