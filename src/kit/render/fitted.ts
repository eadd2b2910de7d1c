import { wrapHelp } from './wrap.ts';

/** A command in a sentence, up to what closes it: a quote, a bracket, or the end of the line. */
const COMMAND = /(?<=['(]|«\u00a0|: )(?:anklume|incus) [^'»)\n]*/g;
/** Stands for a space at which no line may break. */
const HELD = '\u0001';
/** Lines of a source with the caret under them, and lines of a table. */
const DRAWN = /^\s*(?:\d+ *)?[|│┌├└]/;

/**
 * A text on a terminal that is `width` wide; undefined or infinite for what has no edge. Lines break between words, but
 * a command stays whole, so that it can be copied, also where it is longer than a line.
 */
export function fitted(text: string, width: number | undefined): string {
  if (width === undefined || !Number.isFinite(width)) return text;
  return text
    .split('\n')
    .map((line) => (DRAWN.test(line) ? line : fittedLine(line, width)))
    .join('\n');
}

function fittedLine(line: string, width: number): string {
  const held = line.replace(COMMAND, (command) => command.replaceAll(' ', HELD));
  return wrapHelp(held, width).replaceAll(HELD, ' ');
}
