import type { LoadedTable } from '../model/infrastructures.ts';
import type { MarkedWorld } from '../model/marked.ts';
import { closedText, knownTo } from '../rules/arrange.ts';
import { closedWorld, type Declared } from './closed.ts';
import {
  CLOSED_TABLE,
  clearing,
  isPolicyTable,
  membersIn,
  ownerChain,
  ownerChainIn,
} from './tables.ts';

/** What goes into the rules of the next boot beside those of one infrastructure. */
export interface BootParts {
  /** The tables of this infrastructure, or those that are written already; absent where it has none any more. */
  readonly own?: { readonly table: string; readonly text: string } | 'as-written';
  readonly projectName: string;
  /** What the next boot would load as it is now. */
  readonly present: string;
  /** Tables of others that are loaded, as listed. */
  readonly loaded: ReadonlyMap<string, string>;
  readonly marked: MarkedWorld;
  readonly declared?: Declared | undefined;
}

/**
 * The rules of the next boot: those of one infrastructure anew, those of others as they were written or, where they
 * never were, as they are loaded; and what carries a mark and is in none of them, closed. Empty where nothing of ours
 * is left. Pure.
 */
export function bootText(parts: BootParts): string {
  const { projectName, present, loaded, marked, declared } = parts;
  const written = sectionsOf(present);
  const own = parts.own === 'as-written' ? ownIn(written, parts) : parts.own;
  const names = [...new Set([...written.keys(), ...loaded.keys()])].filter(
    (name) => isPolicyTable(name) && name !== own?.table,
  );
  const kept = names.sort().flatMap((name) => {
    const text = written.get(name) ?? loaded.get(name) ?? '';
    return isOfOthers(text, projectName, marked) ? [{ name, text }] : [];
  });
  const ownText = own ? [...sectionsOf(own.text).values()].join('') : '';
  const tables = kept.map(({ name, text }) => tableOf(name, text));
  const closed = closedWorld(marked, knownTo(tables, ownText), declared);
  const last = closedText(closed, { names: new Set() });
  if (ownText === '' && kept.length === 0 && last === '') return '';
  const cleared = [...(own ? [own.table] : []), ...kept.map(({ name }) => name)];
  return [
    ...clearing([...cleared, CLOSED_TABLE]),
    `${ownText}${kept.map(({ text }) => text).join('')}${last}`,
  ].join('\n');
}

function ownIn(
  written: ReadonlyMap<string, string>,
  { projectName, marked }: BootParts,
): { table: string; text: string } | undefined {
  const found = [...written].find(
    ([name, text]) => isPolicyTable(name) && !isOfOthers(text, projectName, marked),
  );
  return found && { table: found[0], text: found[1] };
}

/** The tables that a text of rules for the next boot has, each with the chain that says whose it is. */
export function ownersIn(present: string): ReadonlyMap<string, string | undefined> {
  return new Map([...sectionsOf(present)].map(([name, text]) => [name, ownerChainIn(text)]));
}

/** The bridges that such a text has in the rules of infrastructures, but for one of its tables. */
export function otherBridgesIn(present: string, own: string | undefined): ReadonlySet<string> {
  const others = [...sectionsOf(present)].filter(([name]) => isPolicyTable(name) && name !== own);
  return new Set(others.flatMap(([, text]) => membersIn(text, 'bridges')));
}

/** Whether a table belongs to another infrastructure that still has something on the daemon. */
function isOfOthers(text: string, projectName: string, { bridges }: MarkedWorld): boolean {
  const own = ownerChain(projectName);
  const owner = ownerChainIn(text);
  if (owner !== undefined)
    return owner !== own && bridges.some((one) => ownerChain(one.owner) === owner);
  const known = new Set(membersIn(text, 'bridges'));
  return bridges.some((one) => known.has(one.bridge) && ownerChain(one.owner) !== own);
}

function tableOf(name: string, text: string): LoadedTable {
  return { name, bridges: membersIn(text, 'bridges'), ports: membersIn(text, 'members') };
}

/** The tables of a text, each with all its families, as they stand in it. */
function sectionsOf(text: string): Map<string, string> {
  const sections = new Map<string, string>();
  for (const [block, name = ''] of text.matchAll(/^table (?:inet|bridge) (\S+) \{\n[\s\S]*?^\}$/gm))
    sections.set(name, `${sections.get(name) ?? ''}${block}\n`);
  return sections;
}
