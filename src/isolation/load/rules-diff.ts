import { TABLE } from './tables.ts';

/** One set, map or chain whose lines differ; `+` comes, `-` goes, ` ` stays and is shown for orientation. */
export interface DiffBlock {
  readonly title: string;
  readonly lines: readonly DiffLine[];
}

export interface DiffLine {
  readonly mark: '+' | '-' | ' ';
  readonly text: string;
}

/** Lines that stay, shown before and after those that change. */
const CONTEXT = 2;

/**
 * What changes from one listing of our tables to another, by set, map and chain. Members of sets are
 * compared one by one, since the kernel lists them in any order.
 */
export function diffRules(current: string | undefined, wanted: string): DiffBlock[] {
  const before = blocksOf(current ?? '');
  const after = blocksOf(wanted);
  const titles = [...new Set([...before.keys(), ...after.keys()])];
  return titles.flatMap((title) => {
    const lines = withContext(compare(before.get(title) ?? [], after.get(title) ?? []));
    return lines.length === 0 ? [] : [{ title, lines }];
  });
}

/** The lines of each block of a listing, under titles such as `inet chain forward`; other tables than ours say which. */
function blocksOf(listing: string): Map<string, string[]> {
  const blocks = new Map<string, string[]>();
  let lines: string[] | undefined;
  let table = '';
  for (const line of oneMemberALine(listing).split('\n')) {
    const [, family, name] = /^table ([a-z0-9]+) (\S+) /.exec(line) ?? [];
    if (family !== undefined) table = name === TABLE ? family : `${family} ${name}`;
    const title = /^\t((?:set|map|chain|ct timeout) [^ ]+) \{$/.exec(line)?.[1];
    if (title !== undefined) {
      lines = [`${title} {`];
      blocks.set(`${table} ${title}`, lines);
    } else if (line === '\t}') {
      lines?.push('}');
      lines = undefined;
    } else lines?.push(line.replace(/^\t/, ''));
  }
  return blocks;
}

function oneMemberALine(listing: string): string {
  return listing.replace(/^(\t+)elements = \{([^}]*)\}/gm, (_, indent: string, inside: string) => {
    const members = inside
      .split(',')
      .map((member) => member.trim())
      .filter((member) => member !== '')
      .sort();
    const lines = members.map((member) => `${indent}\t${member}`);
    return [`${indent}elements = {`, ...lines, `${indent}}`].join('\n');
  });
}

/** The shortest way from one list of lines to the other, by the longest common subsequence. */
function compare(before: readonly string[], after: readonly string[]): DiffLine[] {
  const length = commonLengths(before, after);
  const at = (i: number, j: number): number => length[i]?.[j] ?? 0;
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old, fresh] = [before[i], after[j]];
    if (old !== undefined && old === fresh) {
      lines.push({ mark: ' ', text: old });
      i++;
      j++;
    } else if (old !== undefined && (fresh === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ mark: '-', text: old });
      i++;
    } else if (fresh !== undefined) {
      lines.push({ mark: '+', text: fresh });
      j++;
    }
  }
  return lines;
}

/** `result[i][j]`: how many lines `before` from i and `after` from j have in common. */
function commonLengths(before: readonly string[], after: readonly string[]): Uint32Array[] {
  const rows = Array.from(
    { length: before.length + 1 },
    () => new Uint32Array(before.length === 0 ? 0 : after.length + 1),
  );
  for (let i = before.length - 1; i >= 0; i--) {
    const [row, below] = [rows[i], rows[i + 1]];
    if (!row || !below) continue;
    for (let j = after.length - 1; j >= 0; j--)
      row[j] =
        before[i] === after[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
  }
  return rows;
}

function withContext(lines: readonly DiffLine[]): DiffLine[] {
  const near = (at: number): boolean =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ mark }) => mark !== ' ');
  return lines.filter((_, at) => near(at));
}
