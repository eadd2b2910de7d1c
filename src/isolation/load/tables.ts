import { createHash } from 'node:crypto';
import type { Family } from '../rules/rules.ts';

/** The families in which an infrastructure has a table. */
export const FAMILIES: readonly Family[] = ['inet', 'bridge'];

/** The name that rules are written under, and that of the first infrastructure on a host. */
export const TABLE = 'anklume';
/** What carries our mark and stands in nobody's rules; see closed.ts. */
export const CLOSED_TABLE = 'anklume-closed';
/** Stands from before Incus starts until rules are loaded; see boot-guard.ts. */
export const BOOT_TABLE = 'anklume-boot';

/** Whether a table holds rules of this tool: those of an infrastructure, or what is closed for all. */
export function isOurs(name: string): boolean {
  return name === TABLE || /^anklume-[A-Za-z0-9._-]+$/.test(name);
}

/** Whether it is that of one infrastructure, with its policies. */
export function isPolicyTable(name: string): boolean {
  return isOurs(name) && name !== CLOSED_TABLE && name !== BOOT_TABLE;
}

/** How the name of that chain begins. */
export const OWNER = 'infrastructure/';
/** What the kernel takes as the name of a chain, without the closing zero. */
const LONGEST_CHAIN = 255;

/**
 * The name of an empty chain by which a table says whose it is: every listing shows it, also those of kernels and
 * versions of nft without comments on tables. Bytes that no name may hold are written as a slash and two digits.
 */
export function ownerChain(projectName: string): string {
  const written = [...Buffer.from(projectName)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9._-]/.test(character)
        ? character
        : `/${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
  const name = `${OWNER}${written === '' ? '/' : written}`;
  return name.length <= LONGEST_CHAIN ? name : `${OWNER}${digest(projectName)}`;
}

/** The same from a text or listing of a table; undefined for one that does not say whose it is. */
export function ownerChainIn(text: string): string | undefined {
  return /^\tchain (infrastructure\/[A-Za-z0-9._/-]+) \{/m.exec(text)?.[1];
}

/** The project name that such a chain stands for, as far as it can be read back. */
export function ownerName(chain: string): string {
  const bytes = chain
    .slice(OWNER.length)
    .match(/\/[0-9a-f]{2}|[^/]/g)
    ?.map((one) => (one.startsWith('/') ? Number.parseInt(one.slice(1), 16) : one.charCodeAt(0)));
  return Buffer.from(bytes ?? []).toString('utf8');
}

/** The name of an infrastructure's tables beside those that are taken. */
export function freeTableName(projectName: string, taken: ReadonlySet<string>): string {
  if (!taken.has(TABLE)) return TABLE;
  const plain = projectName.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 40);
  const name = `${TABLE}-${plain}`;
  const isPlain = plain === projectName && isPolicyTable(name) && !taken.has(name);
  return isPlain ? name : `${name}-${digest(projectName).slice(0, 8)}`;
}

/** A text of rules under another table name. Only the lines that open or clear a table name it. */
export function renamed(text: string, from: string, to: string): string {
  if (from === to) return text;
  return text.replace(/^((?:delete )?table (?:inet|bridge) )(\S+)/gm, (line, head: string, name) =>
    name === from ? `${head}${to}` : line,
  );
}

/** The names of our tables that a text states or clears. */
export function tablesOf(text: string): string[] {
  const names = [...text.matchAll(/^(?:delete )?table (?:inet|bridge) (\S+)/gm)].map(
    ([, name]) => name ?? '',
  );
  return [...new Set(names)].filter(isOurs);
}

/** The lines that clear tables. Adding one first makes deleting it valid where there was none. */
export function clearing(names: readonly string[]): string[] {
  return names.flatMap((name) =>
    FAMILIES.flatMap((family) => [`table ${family} ${name}`, `delete table ${family} ${name}`]),
  );
}

/** The members of a set of names in a text or listing: of one table, in all families that have such a set. */
export function membersIn(text: string, set: string): string[] {
  const found = text.matchAll(new RegExp(`^\\tset ${set} \\{\\n((?:\\t\\t.*\\n)*)\\t\\}`, 'gm'));
  return [...found].flatMap(([, body = '']) =>
    [...body.matchAll(/"([^"]*)"/g)].map(([, name]) => name ?? ''),
  );
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
