import { stringify } from 'yaml';
import { jsonText, printable } from '../../base/system/index.ts';

export const FORMATS = ['table', 'json', 'yaml', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

/** A row of a list, as plain data. */
export type Row = Readonly<Record<string, unknown>>;

/** Rows with only these fields, in this order. */
export function chosenColumns(rows: readonly Row[], columns: readonly string[]): Row[] {
  return rows.map((row) => Object.fromEntries(columns.map((name) => [name, row[name] ?? ''])));
}

/** The rows as one text: for programs (`json`, `yaml`, `csv`, RFC 4180), or for a person to read in columns. */
export function inFormat(rows: readonly Row[], format: Exclude<Format, 'table'>): string {
  switch (format) {
    case 'json':
      return jsonText(rows);
    case 'yaml':
      return stringify(JSON.parse(jsonText(rows), shown), { version: '1.1' }).trimEnd();
    case 'csv':
      return csv(rows);
  }
}

const shown = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? printable(value) : value;

function csv(rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return [names, ...rows.map((row) => names.map((name) => cellText(row[name])))]
    .map((cells) => cells.map(quoted).join(','))
    .join('\n');
}

/** A value as the text of one cell: lists with spaces between, what is more than that as JSON. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object'))
    return printable(value.map(String).join(' '));
  return printable(typeof value === 'object' ? jsonText(value) : String(value));
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
