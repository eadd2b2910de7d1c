import type { Language, Text } from '../messages/index.ts';
import type { Forgery } from './forgery.ts';
import type { Proof } from './proof.ts';

/** What the probes of one pair amount to. */
type Passage = 'open' | 'partly' | 'closed' | 'mismatch' | 'none';

/** A proof as one page that needs nothing else: no script, no picture, no other address. */
export function renderProofHtml(proof: Proof, language: Language): string {
  const t = (text: Text): string => escaped(text[language]);
  const title = t({ en: 'Proof of the walls', fr: 'Preuve des murs' });
  return `${[
    '<!doctype html>',
    `<html lang="${language}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${title}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    `<h1>${title}</h1>`,
    verdict(proof, t),
    findings(proof, t),
    matrix(proof, t),
    doors(proof, t),
    forgeries(proof, t),
    untested(proof, t),
    '</body>',
    '</html>',
  ]
    .filter((part) => part !== '')
    .join('\n')}\n`;
}

type Say = (text: Text) => string;

function verdict({ holds, counts, lost, seconds }: Proof, t: Say): string {
  const { probes, open, closed, mismatches } = counts;
  const words = holds
    ? t({ en: 'The walls stand as declared.', fr: 'Les murs tiennent comme déclaré.' })
    : t({
        en: 'The walls are not proved to stand as declared.',
        fr: 'Il n’est pas prouvé que les murs tiennent comme déclaré.',
      });
  const numbers = t({
    en: `${probes} probes in ${seconds.toFixed(1)} s: ${open} got through and ${closed} did not, as declared; ${mismatches} did otherwise. Packets lost unseen: ${lost}.`,
    fr: `${probes} sondes en ${seconds.toFixed(1).replace('.', ',')} s : ${open} sont passées et ${closed} non, comme déclaré ; ${mismatches} ont fait autrement. Paquets perdus sans être vus : ${lost}.`,
  });
  return `<p class="verdict ${holds ? 'good' : 'bad'}">${words}</p>\n<p>${numbers}</p>`;
}

function findings({ mismatches, deviations }: Proof, t: Say): string {
  const lines = mismatches.map(({ text }) => t(text));
  for (const { place, change, line } of deviations) {
    const { en, fr } = CHANGES[change];
    lines.push(t({ en: `${place}: ${en} ${line}`, fr: `${place} : ${fr} ${line}` }));
  }
  return section({ en: 'What differs', fr: 'Ce qui diffère' }, list(lines), t);
}

const CHANGES = {
  added: { en: 'there, and not asked for:', fr: 'présent, et non demandé :' },
  missing: { en: 'asked for, and not there:', fr: 'demandé, et absent :' },
} as const;

function matrix(proof: Proof, t: Say): string {
  const passages = new Map<string, Passage>();
  for (const { from, to, measured, verdict } of proof.cells) {
    if (verdict === 'untested') continue;
    const pair = `${from}\0${to}`;
    const now: Passage =
      verdict === 'mismatch' ? 'mismatch' : measured === 'open' ? 'open' : 'closed';
    passages.set(pair, both(passages.get(pair) ?? now, now));
  }
  if (passages.size === 0) return '';
  const ends = (side: 'from' | 'to') => [...new Set(proof.cells.map((cell) => cell[side]))];
  const domains = new Map(proof.machines.map(({ name, domain }) => [name, domain]));
  const columns = ends('to');
  const head = columns.map((to) => `<th scope="col"><span>${escaped(to)}</span></th>`).join('');
  const rows = ends('from').map((from) => {
    const cells = columns.map((to) => {
      const passage = passages.get(`${from}\0${to}`) ?? 'none';
      const words = `${escaped(from)} → ${escaped(to)}: ${t(LOOKS[passage].words)}`;
      return `<td class="${passage}" title="${words}">${LOOKS[passage].mark}</td>`;
    });
    const domain = domains.get(from);
    const label = `${escaped(from)}${domain === undefined ? '' : ` <small>${escaped(domain)}</small>`}`;
    return `<tr><th scope="row">${label}</th>${cells.join('')}</tr>`;
  });
  const legend = (Object.keys(LOOKS) as Passage[])
    .filter((passage) => passage !== 'none')
    .map(
      (passage) => `<b class="${passage}">${LOOKS[passage].mark}</b> ${t(LOOKS[passage].words)}`,
    );
  const table = `<div class="wide"><table class="matrix">\n<tr><td></td>${head}</tr>\n${rows.join('\n')}\n</table></div>\n<p>${legend.join(' · ')}</p>`;
  return section({ en: 'Who reaches whom', fr: 'Qui joint qui' }, table, t);
}

function both(a: Passage, b: Passage): Passage {
  if (a === b) return a;
  return a === 'mismatch' || b === 'mismatch' ? 'mismatch' : 'partly';
}

const LOOKS: Readonly<Record<Passage, { readonly mark: string; readonly words: Text }>> = {
  open: { mark: '●', words: { en: 'open', fr: 'ouvert' } },
  partly: { mark: '◐', words: { en: 'open in part', fr: 'ouvert en partie' } },
  closed: { mark: '·', words: { en: 'closed', fr: 'fermé' } },
  mismatch: { mark: '✗', words: { en: 'not as declared', fr: 'non conforme' } },
  none: { mark: '', words: { en: 'not tried', fr: 'non essayé' } },
};

/** Every opening between domains and to the host, as measured. */
function doors({ cells, machines }: Proof, t: Say): string {
  const domains = new Map(machines.map(({ name, domain }) => [name, domain]));
  const crossing = cells.filter(
    ({ from, to, measured }) =>
      measured === 'open' &&
      domains.has(from) &&
      domains.has(to) &&
      domains.get(from) !== domains.get(to),
  );
  const lines = crossing.map(({ from, to, protocol, port }) =>
    escaped(`${from} → ${to} ${protocol}${port === undefined ? '' : `/${port}`}`),
  );
  return section({ en: 'Open between domains', fr: 'Ouvert entre domaines' }, list(lines), t);
}

function forgeries(proof: Proof, t: Say): string {
  const kinds = [...new Set(proof.forgeries.map(({ forged }) => forged))];
  const rows = kinds.map((kind) => {
    const those = proof.forgeries.filter(({ forged }) => forged === kind);
    const wrong = those.filter(({ verdict }) => verdict === 'mismatch').length;
    const mark = wrong > 0 ? `<b class="mismatch">✗ ${wrong}</b>` : '✓';
    return `<tr><th scope="row">${t(KINDS[kind])}</th><td>${those.length}</td><td>${mark}</td></tr>`;
  });
  if (rows.length === 0) return '';
  const head = `<tr><td></td><th scope="col">${t({ en: 'frames', fr: 'trames' })}</th><th scope="col">${t({ en: 'as declared', fr: 'conformes' })}</th></tr>`;
  return section(
    { en: 'Forged frames', fr: 'Trames contrefaites' },
    `<table>\n${[head, ...rows].join('\n')}\n</table>`,
    t,
  );
}

const KINDS: Readonly<Record<Forgery, Text>> = {
  none: { en: 'Honest frames, which must arrive', fr: 'Trames honnêtes, qui doivent arriver' },
  address: { en: 'Address of another machine', fr: 'Adresse d’une autre machine' },
  mac: { en: 'MAC of another card', fr: 'MAC d’une autre carte' },
  arp: { en: 'ARP claim to another address', fr: 'Revendication ARP d’une autre adresse' },
  neighbour: { en: 'IPv6 claim to another address', fr: 'Revendication IPv6 d’une autre adresse' },
  hidden: { en: 'The same behind another header', fr: 'La même derrière un autre en-tête' },
  client: { en: 'DHCP in another’s name', fr: 'DHCP au nom d’une autre' },
  dhcp: { en: 'DHCP answer', fr: 'Réponse DHCP' },
  router: { en: 'IPv6 router advertisement', fr: 'Annonce de routeur IPv6' },
  related: {
    en: 'ICMP error about a conversation of others',
    fr: 'Erreur ICMP à propos d’une conversation d’autres',
  },
  ipv6: { en: 'IPv6', fr: 'IPv6' },
};

function untested({ untested, exempt }: Proof, t: Say): string {
  const lines = (machines: Proof['untested']): string =>
    list(
      machines.map(({ machine, reason }) =>
        t({ en: `${machine}: ${reason.en}`, fr: `${machine} : ${reason.fr}` }),
      ),
    );
  const sections = [
    section({ en: 'Not tested', fr: 'Non testé' }, lines(untested), t),
    section({ en: 'Open by design', fr: 'Ouvert à dessein' }, lines(exempt), t),
  ];
  return sections.filter((part) => part !== '').join('\n');
}

function section(title: Text, content: string, t: Say): string {
  return content === '' ? '' : `<h2>${t(title)}</h2>\n${content}`;
}

function list(lines: readonly string[]): string {
  return lines.length === 0
    ? ''
    : `<ul>\n${lines.map((line) => `<li>${line}</li>`).join('\n')}\n</ul>`;
}

function escaped(untrustedText: string): string {
  return untrustedText.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = [
  ':root{color-scheme:light dark}',
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}',
  '.verdict{font-size:1.3rem;font-weight:bold}',
  '.good,.open{color:#18794e}.bad,.mismatch{color:#cd2b31}.partly{color:#ad5700}.closed{color:#888}',
  '.wide{overflow-x:auto}table{border-collapse:collapse}td,th{padding:.15rem .5rem;text-align:left}',
  '.matrix td{text-align:center;border:1px solid #8884}',
  '.matrix tr:first-child span{writing-mode:vertical-rl;transform:rotate(180deg)}',
  'small{color:#888;font-weight:normal}',
].join('');
