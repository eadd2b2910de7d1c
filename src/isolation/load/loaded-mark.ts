import { createHash } from 'node:crypto';
import type { Host } from '../../base/system/index.ts';
import { inTable, LOADED, type NftObject, normal, rulesOfText, sameRules } from './listing.ts';
import { tablesOf } from './tables.ts';

/*
 * A table says by the name of an empty chain from which text it was loaded, and how the kernel lists that: listing it
 * once then tells whether it is still so. Without the mark, or with another, the text is tried in an empty network
 * namespace, which takes four programs.
 */
/** Digits of a digest in the name; the mark guards against changes, not against forgery by root. */
const DIGITS = 24;

/** Lines that mark the tables of a text as loaded from it, for the same transaction; `wanted`: its listing. */
export function markLines(text: string, wanted: readonly NftObject[]): string {
  const lines = tablesOf(text).flatMap((name) => {
    const part = partOf(text, name);
    const family = /^table (\S+) /.exec(part)?.[1];
    return family === undefined
      ? []
      : [`add chain ${family} ${name} ${markOf(part, wanted.filter(inTable(name)))}\n`];
  });
  return lines.join('');
}

/** Lines that take the marks of listed tables away. */
export function withoutMarks(current: readonly NftObject[]): string {
  const marks = current.filter(({ chain }) => String(chain?.name ?? '').startsWith(LOADED));
  return marks
    .map(({ chain }) => `delete chain ${chain?.family} ${chain?.table} ${chain?.name}\n`)
    .join('');
}

/** Whether tables are marked as loaded from this text. */
export function areMarked(current: readonly NftObject[], text: string): boolean {
  return tablesOf(text).every((name) => {
    const part = partOf(text, name);
    const listed = current.filter(inTable(name));
    if (part === '') return listed.length === 0;
    const marks = listed.flatMap(({ chain }) => {
      const called = String(chain?.name ?? '');
      return called.startsWith(LOADED) ? [called] : [];
    });
    return marks.length === 1 && marks[0] === markOf(part, listed);
  });
}

/** Whether listed tables are exactly what a text would load. */
export async function areExactly(
  current: readonly NftObject[],
  text: string,
  host: Host,
): Promise<boolean> {
  return areMarked(current, text) || sameRules(current, await rulesOfText(text, host));
}

function markOf(part: string, listed: readonly NftObject[]): string {
  return `${LOADED}${digest(part)}/${digest(normal(listed))}`;
}

/** What a text states of the tables of this name. */
function partOf(text: string, name: string): string {
  const blocks = text.matchAll(/^table (?:inet|bridge) (\S+) \{\n[\s\S]*?^\}/gm);
  return [...blocks].flatMap(([block, of]) => (of === name ? [block] : [])).join('\n');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, DIGITS);
}
