import { createHash } from 'node:crypto';
import type { Text } from '../../base/messages/index.ts';
import { type Frame, VARIABLES } from './layout.ts';

const BEGIN = '# === MANAGED BY infra.yml ===';
const WARNING = '# Do not edit this section — it will be overwritten by `anklume sync`';
const END = '# === END MANAGED ===';
const CHECKSUM = /^# checksum: ([0-9a-f]{12})$/;

/**
 * A file cut in three. Bytes are held as latin1 text, one character a byte,
 * so that whatever a user wrote comes back as it was, valid UTF-8 or not.
 */
export interface Cut {
  readonly before: string;
  /** Lines between the markers, header comments included; absent when the file has no section. */
  readonly section?: string;
  readonly after: string;
  /** Line of the begin marker, from 1; 0 without a section. */
  readonly line: number;
}

/** Why a file's markers cannot be followed, and where. */
export interface BrokenMarkers {
  readonly line: number;
  /** The line itself, as latin1 text. */
  readonly source: string;
  readonly message: Text;
}

/**
 * Finds the managed section. A marker is a whole line that begins in the first column; blanks and a
 * carriage return may follow it. Indented, it is part of somebody's string. A file has one begin
 * and, below it, one end; or none of both.
 */
export function cutSection(bytes: Buffer): Cut | BrokenMarkers {
  const text = bytes.toString('latin1');
  const begins = [...text.matchAll(MARKER_LINES.begin)];
  const ends = [...text.matchAll(MARKER_LINES.end)];
  const [begin, secondBegin] = begins;
  const [end, secondEnd] = ends;
  if (!begin && !end) return { before: '', after: text, line: 0 };
  if (!begin) return broken(text, end, MISSING_BEGIN);
  if (!end) return broken(text, begin, MISSING_END);
  if (secondBegin) return broken(text, secondBegin, TWO_SECTIONS);
  if (secondEnd) return broken(text, secondEnd, TWO_SECTIONS);
  if (end.index < begin.index) return broken(text, end, END_FIRST);
  return {
    before: text.slice(0, begin.index),
    section: text.slice(begin.index + begin[0].length, end.index),
    after: text.slice(end.index + end[0].length),
    line: lineAt(text, begin.index),
  };
}

/** Only `\n` ends a line here: `^` and `$` would also stop at a lone carriage return. */
const MARKER_LINES = {
  begin: /(?<![^\n])# === MANAGED BY infra\.yml ===[ \t]*\r?(?:\n|$)/g,
  end: /(?<![^\n])# === END MANAGED ===[ \t]*\r?(?:\n|$)/g,
};

const MISSING_BEGIN: Text = {
  en: 'The managed section ends here but begins nowhere.',
  fr: 'La section gérée se termine ici mais ne commence nulle part.',
};
const MISSING_END: Text = {
  en: 'The managed section begins here but ends nowhere.',
  fr: 'La section gérée commence ici mais ne se termine nulle part.',
};
const TWO_SECTIONS: Text = {
  en: 'This marker stands here a second time; a file has one managed section.',
  fr: 'Ce repère figure ici une seconde fois ; un fichier a une seule section gérée.',
};
const END_FIRST: Text = {
  en: 'The managed section ends here, above the line where it begins.',
  fr: 'La section gérée se termine ici, au-dessus de la ligne où elle commence.',
};

function broken(text: string, at: RegExpExecArray | undefined, message: Text): BrokenMarkers {
  const line = lineAt(text, at?.index ?? 0);
  return { line, source: text.split('\n')[line - 1] ?? '', message };
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** The whole file with `managed` between its markers and every other byte of `existing` as it was. */
export function placeSection(
  existing: Buffer | undefined,
  managed: string,
  frame: Frame = VARIABLES,
): Buffer | BrokenMarkers {
  if (existing === undefined)
    return bytesOf(`${frame.start}${between(sectionOf(managed))}\n${frame.hint}\n`);
  return placeLines(existing, sectionOf(managed));
}

/** The same with what stood between the markers of another time, as `cutSection` gives it. */
export function placeLines(existing: Buffer, lines: string): Buffer | BrokenMarkers {
  const section = between(lines);
  const cut = cutSection(existing);
  if ('message' in cut) return cut;
  if (cut.section !== undefined) return bytesOf(cut.before + section + cut.after);
  const head = documentStart(cut.after);
  const rest = cut.after.slice(head.length);
  const start = head === '' || head === BYTE_ORDER_MARK ? `${head}---\n` : head;
  const newline = start.endsWith('\n') ? '' : '\n';
  const gap = rest === '' || /^\r?\n/.test(rest) ? '' : '\n';
  return bytesOf(start + newline + section + gap + rest);
}

function between(lines: string): string {
  return `${BEGIN}\n${lines}${END}\n`;
}

/** A file without its section, as bytes. */
export function withoutSection({ before, after }: Cut): Buffer {
  return bytesOf(before + after);
}

/** What stands between the markers when `managed` is placed, as latin1 text. */
export function sectionOf(managed: string): string {
  return latin1(`${WARNING}\n# checksum: ${checksum(latin1(managed))}\n${managed}`);
}

/** UTF-8's, seen as latin1. */
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';
const DOCUMENT_START =
  /^(?:\u00ef\u00bb\u00bf)?(?:(?:[#%][^\n]*|[ \t]*\r?)\n)*---[ \t]*(?:#[^\n]*|\r?)(?:\n|$)/;

/**
 * The lines of a user's file that must stay above the section: byte order mark, comments and `---`.
 * A section in front of the `---` would be a document of its own, and Ansible refuses two.
 */
function documentStart(text: string): string {
  const found = DOCUMENT_START.exec(text)?.[0];
  return found ?? (text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '');
}

/** Whether somebody changed a section since it was written. A section without a checksum line cannot tell. */
export function isEdited(section: string): boolean {
  const lines = section.replace(/\r\n/g, '\n').split('\n');
  const at = lines.findIndex((line) => CHECKSUM.test(line));
  if (at === -1) return false;
  const expected = CHECKSUM.exec(lines[at] ?? '')?.[1];
  const headerOnly = lines.slice(0, at).every((line) => line.startsWith('#'));
  return !headerOnly || checksum(lines.slice(at + 1).join('\n')) !== expected;
}

/** Whether a file holds anything beside the section and the lines that sync itself puts around it. */
export function hasUserText(cut: Cut): boolean {
  const ours = new Set(['', '---', VARIABLES.hint]);
  return `${cut.before}\n${cut.after}`.split('\n').some((line) => !ours.has(line.trim()));
}

function checksum(latin1Text: string): string {
  return createHash('sha256').update(latin1Text, 'latin1').digest('hex').slice(0, 12);
}

function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function bytesOf(latin1Text: string): Buffer {
  return Buffer.from(latin1Text, 'latin1');
}
