import type { Text } from '../../base/messages/index.ts';
import { escaped, type Say, section } from './html-parts.ts';
import type { Proof, ProofCell } from './proof.ts';

/** What the probes of one pair amount to. */
type Passage = 'open' | 'partly' | 'closed' | 'mismatch' | 'untested' | 'none';

/** Machines of one domain, or one of those that are none: each a row and a column, in this order on both sides. */
interface Group {
  /** Absent for the host and the internet. */
  readonly domain?: string;
  readonly trust?: string | undefined;
  readonly ends: readonly string[];
}

/** Who reaches whom, as real packets found it. Rows send, columns receive; gateways are the host's. */
export function matrixSection(proof: Proof, t: Say): string {
  if (proof.cells.length === 0) return '';
  const passages = passagesOf(proof);
  const groups = groupsOf(proof, passages);
  const ends = groups.flatMap((group) => group.ends.map((end) => ({ end, group })));
  const over = groups.map(({ domain = '', trust, ends: { length } }) => {
    return `<th scope="colgroup" colspan="${length}"${trustClass(trust)}>${escaped(domain)}</th>`;
  });
  const heads = ends.map(
    ({ end, group }) =>
      `<th scope="col"${trustClass(group.trust)}><span>${label(end, t)}</span></th>`,
  );
  const rows = groups.flatMap(({ domain = '', trust, ends: own }) =>
    own.map((from, index) => {
      const first = `<th scope="rowgroup" rowspan="${own.length}"${trustClass(trust)}>${escaped(domain)}</th>`;
      const cells = ends.map(({ end: to }) => {
        const passage = passages.get(`${from}\0${to}`) ?? 'none';
        const words = `${label(from, t)} → ${label(to, t)}: ${t(LOOKS[passage].words)}`;
        return `<td class="${passage}" title="${words}">${LOOKS[passage].mark}</td>`;
      });
      const head = `<th scope="row"${trustClass(trust)}>${label(from, t)}</th>`;
      return `<tr>${index === 0 ? first : ''}${head}${cells.join('')}</tr>`;
    }),
  );
  const shown = new Set(passages.values());
  const legend = (Object.keys(LOOKS) as Passage[])
    .filter((passage) => passage !== 'none' && shown.has(passage))
    .map(
      (passage) => `<b class="${passage}">${LOOKS[passage].mark}</b> ${t(LOOKS[passage].words)}`,
    );
  const table = [
    '<div class="wide"><table class="matrix">',
    `<tr class="over"><td colspan="2"></td>${over.join('')}</tr>`,
    `<tr class="heads"><td colspan="2"></td>${heads.join('')}</tr>`,
    ...rows,
    '</table></div>',
    `<p>${[...legend, t(SIDES)].join(' · ')}</p>`,
    trustLegend(groups, t),
  ];
  return section({ en: 'Who reaches whom', fr: 'Qui joint qui' }, table.join('\n'), t);
}

const SIDES = {
  en: 'rows send, columns receive',
  fr: 'les lignes envoient, les colonnes reçoivent',
};

/** As the colours of the terminal: red is what one must not trust. */
const TRUST: Readonly<Record<string, string>> = {
  admin: 'admin',
  trusted: 'trusted',
  'semi-trusted': 'semi',
  untrusted: 'untrusted',
  disposable: 'disposable',
};

function trustClass(trust: string | undefined): string {
  const known = trust === undefined ? undefined : TRUST[trust];
  return known === undefined ? '' : ` class="trust ${known}"`;
}

function trustLegend(groups: readonly Group[], t: Say): string {
  const levels = Object.keys(TRUST).filter((level) => groups.some(({ trust }) => trust === level));
  if (levels.length === 0) return '';
  const shown = levels.map((level) => `<span${trustClass(level)}>${level}</span>`);
  return `<p>${t({ en: 'Trust:', fr: 'Confiance :' })} ${shown.join(' ')}</p>`;
}

/** Machines by domain, in the order of infra.yml, then what is no machine. */
function groupsOf(proof: Proof, passages: ReadonlyMap<string, Passage>): Group[] {
  const trust = new Map(proof.about?.domains.map((one) => [one.name, one.trust]));
  const order = [...trust.keys(), ...proof.machines.map(({ domain }) => domain)];
  const used = new Set([...passages.keys()].flatMap((pair) => pair.split('\0')));
  const domains = [...new Set(order)].flatMap((domain): Group[] => {
    const ends = proof.machines.filter((one) => one.domain === domain && used.has(one.name));
    if (ends.length === 0) return [];
    return [{ domain, trust: trust.get(domain), ends: ends.map(({ name }) => name).sort() }];
  });
  const others = ['host', 'internet'].filter((one) => used.has(one));
  return [...domains, ...others.map((one) => ({ ends: [one] }))];
}

function label(end: string, t: Say): string {
  return end === 'host' ? t({ en: 'host', fr: 'hôte' }) : escaped(end);
}

function passagesOf({ cells }: Proof): Map<string, Passage> {
  const pairs = new Map<string, Passage>();
  for (const cell of cells) {
    const to = cell.to.startsWith('gateway:') ? 'host' : cell.to;
    const pair = `${cell.from}\0${to}`;
    const now = passageOf(cell);
    pairs.set(pair, both(pairs.get(pair) ?? now, now));
  }
  return pairs;
}

function passageOf({ verdict, measured }: ProofCell): Passage {
  if (verdict === 'untested') return 'untested';
  if (verdict === 'mismatch') return 'mismatch';
  return measured === 'open' ? 'open' : 'closed';
}

/** What is worse hides what is better; nothing that is tested hides what is not. */
function both(a: Passage, b: Passage): Passage {
  if (a === b) return a;
  for (const worst of ['mismatch', 'untested'] as const)
    if (a === worst || b === worst) return worst;
  return 'partly';
}

const LOOKS: Readonly<Record<Passage, { readonly mark: string; readonly words: Text }>> = {
  open: { mark: '●', words: { en: 'open', fr: 'ouvert' } },
  partly: {
    mark: '◐',
    words: { en: 'open for what is declared', fr: 'ouvert pour ce qui est déclaré' },
  },
  closed: { mark: '·', words: { en: 'closed', fr: 'fermé' } },
  mismatch: { mark: '✗', words: { en: 'not as declared', fr: 'non conforme' } },
  untested: { mark: '?', words: { en: 'not tested', fr: 'non testé' } },
  none: { mark: '', words: { en: 'not tried', fr: 'non essayé' } },
};
