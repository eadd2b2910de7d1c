import { AnklumeError, ExitCode } from '../base/messages/index.ts';
import type { MachineStatus } from '../engine/index.ts';
import { choice, list } from './flags.ts';
import { alignedLines } from './render/aligned.ts';
import { cellText, chosenColumns, FORMATS, type Format, inFormat } from './render/formats.ts';
import type { Session } from './session.ts';

/** Fields of a machine that a list can show, by their names in JSON. */
const COLUMNS = [
  'domain',
  'trust',
  'machine',
  'instance',
  'project',
  'network',
  'type',
  'declaredIp',
  'addresses',
  'state',
  'drift',
  'owner',
  'protected',
] as const satisfies readonly (keyof MachineStatus)[];

/** On commands that list machines. */
export const listFlags = {
  format: choice('FORMAT', FORMATS, {
    en: 'table (default), json, yaml or csv',
    fr: 'table (par défaut), json, yaml ou csv',
  }),
  columns: list('COLUMN,...', {
    en: 'Only these columns, by their names in JSON',
    fr: 'Seulement ces colonnes, par leurs noms en JSON',
  }),
} as const;

/**
 * The machines as `--format`, `--columns` or `-q` ask for them; undefined where none of the three does. Throws
 * `unknown-column` (exit 2).
 */
export function asListed(
  machines: readonly MachineStatus[],
  {
    format = 'table',
    columns,
  }: { readonly format?: Format | undefined; readonly columns: readonly string[] },
  { common: { quiet }, width, paint }: Session,
): string | undefined {
  const unknown = columns.find((name) => !COLUMNS.some((known) => known === name));
  if (unknown !== undefined) throw unknownColumn(unknown);
  const names = columns.length > 0 ? columns : quiet && format === 'table' ? ['machine'] : COLUMNS;
  const rows = chosenColumns(
    machines.map((machine) => ({ ...machine })),
    names,
  );
  if (format !== 'table') return inFormat(rows, format);
  if (columns.length === 0 && !quiet) return undefined;
  const cells = rows.map((row) => names.map((name) => cellText(row[name])));
  const head = quiet ? [] : [names.map((name) => paint.strong(name))];
  return alignedLines([...head, ...cells], width)
    .flat()
    .join('\n');
}

function unknownColumn(name: string): AnklumeError {
  return new AnklumeError({
    code: 'unknown-column',
    exit: ExitCode.usage,
    message: {
      en: `There is no column '${name}'.`,
      fr: `Il n'y a pas de colonne « ${name} ».`,
    },
    remedy: { en: `Columns: ${COLUMNS.join(', ')}.`, fr: `Colonnes : ${COLUMNS.join(', ')}.` },
  });
}
