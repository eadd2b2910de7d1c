import { printable } from '../../../base/system/index.ts';
import type { Proof, ProofCell } from '../../../isolation/index.ts';
import type { Voice } from '../../../kit/render/problems.ts';

/** What all probes from one end to another amount to. */
export type Passage = 'open' | 'partly' | 'closed' | 'mismatch' | 'untested' | 'none';

/** One row and column of the matrix. */
interface End {
  readonly key: string;
  readonly label: string;
  readonly domain?: string;
}

/** More machines than this are summed up by domain: a matrix must fit the terminal to be read. */
const MOST_MACHINES = 16;

/** The isolation matrix: who reaches whom, as real packets found it. Rows send, columns receive. */
export function renderMatrix(
  proof: Proof,
  trustOf: (domain: string) => string | undefined,
  voice: Voice,
): string {
  const { t, paint } = voice;
  const byDomain = proof.machines.length > MOST_MACHINES;
  const ends = endsOf(proof, byDomain, voice);
  const groups = passages(proof, byDomain);
  const has = (test: (from: string, to: string) => boolean) =>
    [...groups.keys()].some((pair) => test(...(pair.split('\0') as [string, string])));
  const rows = ends.filter(({ key }) => has((from) => from === key));
  const columns = ends.filter(({ key }) => has((_from, to) => to === key));
  const labelWidth = Math.max(...rows.map(({ label }) => label.length), 4) + 4;
  const heads = columns.map((end) => columnHead(end, ends));
  const lines = [
    paint.dim(
      ' '.repeat(labelWidth + 1) + heads.map((head) => head.padStart(columnWidth(head))).join(''),
    ),
  ];
  for (const from of rows) {
    const number = from.domain === undefined ? '' : String(ends.indexOf(from) + 1);
    const name = `${number.padStart(2)} ${from.label}`.padEnd(labelWidth + 1);
    const cells = columns.map((to, at) => {
      const passage =
        from.key === to.key && !byDomain
          ? 'none'
          : (groups.get(`${from.key}\0${to.key}`) ?? 'none');
      const { mark, colour } = LOOKS[passage];
      return ' '.repeat(columnWidth(heads[at] ?? '') - 1) + paint[colour](mark);
    });
    lines.push(`${paint.trust(from.domain && trustOf(from.domain), name)}${cells.join('')}`);
  }
  lines.push('', legend(new Set(groups.values()), voice));
  if (byDomain)
    lines.push(
      paint.dim(
        t({
          en: 'Summed up by domain; `anklume prove --json` has every probe.',
          fr: 'Résumé par domaine ; « anklume prove --json » donne chaque sonde.',
        }),
      ),
    );
  return lines.join('\n');
}

const LOOKS = {
  open: { mark: '●', colour: 'good' },
  partly: { mark: '◐', colour: 'accent' },
  closed: { mark: '·', colour: 'dim' },
  mismatch: { mark: '✗', colour: 'bad' },
  untested: { mark: '?', colour: 'warn' },
  none: { mark: ' ', colour: 'dim' },
} as const;

/** What each pair of ends amounts to, keyed `from NUL to`. */
export function passages(proof: Proof, byDomain: boolean): Map<string, Passage> {
  const domains = new Map(proof.machines.map(({ name, domain }) => [name, domain]));
  const key = (name: string) => {
    if (name.startsWith('gateway:')) return 'host';
    return byDomain ? (domains.get(name) ?? name) : name;
  };
  const cells = new Map<string, ProofCell[]>();
  for (const cell of proof.cells) {
    const pair = `${key(cell.from)}\0${key(cell.to)}`;
    const group = cells.get(pair);
    if (group) group.push(cell);
    else cells.set(pair, [cell]);
  }
  return new Map([...cells].map(([pair, group]) => [pair, passageOf(group)]));
}

function passageOf(cells: readonly ProofCell[]): Passage {
  if (cells.some(({ verdict }) => verdict === 'mismatch')) return 'mismatch';
  const tested = cells.filter(({ verdict }) => verdict === 'ok');
  if (tested.length === 0) return 'untested';
  const open = tested.filter(({ measured }) => measured === 'open').length;
  if (open === 0) return 'closed';
  return open === tested.length ? 'open' : 'partly';
}

function endsOf(proof: Proof, byDomain: boolean, { t }: Voice): End[] {
  const machines = byDomain
    ? [...new Set(proof.machines.map(({ domain }) => domain))].map((domain) => ({
        key: domain,
        label: printable(domain),
        domain,
      }))
    : proof.machines.map(({ name, domain }) => ({ key: name, label: printable(name), domain }));
  return [
    ...machines,
    { key: 'host', label: t({ en: 'host', fr: 'hôte' }) },
    { key: 'internet', label: 'internet' },
  ];
}

function columnHead(end: End, ends: readonly End[]): string {
  return end.domain === undefined ? end.label : String(ends.indexOf(end) + 1);
}

function columnWidth(head: string): number {
  return Math.max(head.length, 2) + 1;
}

function legend(shown: ReadonlySet<Passage>, { t, paint }: Voice): string {
  const words: Readonly<Record<Exclude<Passage, 'none'>, string>> = {
    open: t({ en: 'open', fr: 'ouvert' }),
    partly: t({ en: 'open for what is declared', fr: 'ouvert pour ce qui est déclaré' }),
    closed: t({ en: 'closed', fr: 'fermé' }),
    mismatch: t({ en: 'not as declared', fr: 'non conforme' }),
    untested: t({ en: 'not tested', fr: 'non testé' }),
  };
  return (Object.keys(words) as (keyof typeof words)[])
    .filter((passage) => shown.has(passage))
    .map((passage) => `${paint[LOOKS[passage].colour](LOOKS[passage].mark)} ${words[passage]}`)
    .join('   ');
}
