import type { Language, Text } from '../../base/messages/index.ts';
import { shownTime } from '../../base/system/index.ts';
import type { Forgery } from './forgery.ts';
import { escaped, list, type Say, section } from './html-parts.ts';
import type { Proof } from './proof.ts';
import { matrixSection } from './proof-html-matrix.ts';

/** A proof as one page that needs nothing else: no script, no picture, no other address. */
export function renderProofHtml(proof: Proof, language: Language): string {
  const t = (text: Text): string => escaped(text[language]);
  const title = t({ en: 'Proof of isolation', fr: "Preuve de l'isolation" });
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
    about(proof, t),
    verdict(proof, t),
    scope(proof, t),
    findings(proof, t),
    matrixSection(proof, t),
    doors(proof, t),
    forgeries(proof, t),
    untested(proof, t),
    '</body>',
    '</html>',
  ]
    .filter((part) => part !== '')
    .join('\n')}\n`;
}

/** When, where and of what. */
function about({ about: found }: Proof, t: Say): string {
  if (!found) return '';
  const { date, infrastructure, host, sandbox, versions, rules } = found;
  const within = t({
    en: `sandbox ${sandbox} on ${host}`,
    fr: `bac à sable ${sandbox} sur ${host}`,
  });
  const rows: [Text, string][] = [
    [
      { en: 'Date', fr: 'Date' },
      `<time datetime="${escaped(date)}">${escaped(shownTime(date))}</time>`,
    ],
    [{ en: 'Infrastructure', fr: 'Infrastructure' }, escaped(infrastructure)],
    [{ en: 'Host', fr: 'Hôte' }, sandbox === undefined ? escaped(host) : within],
    [
      { en: 'Versions', fr: 'Versions' },
      escaped(`anklume ${versions.anklume}, Incus ${versions.incus}, Linux ${versions.kernel}`),
    ],
    [
      { en: 'Rules (SHA-256)', fr: 'Règles (SHA-256)' },
      `<code>${escaped(rules)}</code><br><small>anklume network rules | sha256sum</small>`,
    ],
  ];
  const lines = rows.map(
    ([name, value]) => `<tr><th scope="row">${t(name)}</th><td>${value}</td></tr>`,
  );
  return `<table class="about">\n${lines.join('\n')}\n</table>`;
}

/** What was left out by the question itself. */
function scope({ machines, running, limit, depth }: Proof, t: Say): string {
  if (limit) {
    const names = limit.join(', ');
    return `<p>${t({ en: `Only packets from and to ${names} were tried.`, fr: `Seuls les paquets de et vers ${names} ont été essayés.` })}</p>`;
  }
  if (depth === 'full' || machines.length === running) return '';
  return `<p>${t({ en: `Packets were tried between ${machines.length} of ${running} machines, some of each domain.`, fr: `Des paquets ont été essayés entre ${machines.length} machines sur ${running}, quelques-unes par domaine.` })}</p>`;
}

function verdict({ holds, counts, lost, seconds, stale }: Proof, t: Say): string {
  const { probes, open, closed, mismatches } = counts;
  const words =
    holds && stale
      ? `${t({ en: 'The isolation is as the tree of the last sync declares.', fr: "L'isolation est conforme à l'arborescence de la dernière synchronisation." })} ${t(stale)}`
      : holds
        ? t({
            en: 'The isolation is as declared.',
            fr: "L'isolation est conforme à la déclaration.",
          })
        : t({
            en: 'It is not proved that the isolation is as declared.',
            fr: "Il n'est pas prouvé que l'isolation est conforme à la déclaration.",
          });
  const numbers = t({
    en: `${probes} probes in ${seconds.toFixed(1)} s: ${open} got through and ${closed} did not, as declared; ${mismatches} did otherwise. Packets lost unseen: ${lost}.`,
    fr: `${probes} sondes en ${seconds.toFixed(1).replace('.', ',')} s : ${open} sont passées et ${closed} non, comme déclaré ; ${mismatches} ont fait autrement. Paquets perdus sans être vus : ${lost}.`,
  });
  return `<p class="verdict ${holds ? 'good' : 'bad'}">${words}</p>\n<p>${numbers}</p>`;
}

function findings({ findings: found, notes, mismatches, deviations }: Proof, t: Say): string {
  const lines = [
    ...found.map(({ text, remedy }) => `${t(text)}<br><small>→ ${t(remedy)}</small>`),
    ...mismatches.map(({ text }) => t(text)),
  ];
  for (const { place, change, line, code, meaning } of deviations) {
    const { en, fr } = CHANGES[change];
    const rule = code && meaning ? `[${code}] ${t(meaning)}: ` : '';
    lines.push(t({ en: `${place}: ${en} ${rule}${line}`, fr: `${place} : ${fr} ${rule}${line}` }));
  }
  const told = notes.map(({ text, remedy }) => `${t(text)}<br><small>→ ${t(remedy)}</small>`);
  return [
    section({ en: 'What differs', fr: 'Ce qui diffère' }, list(lines), t),
    section({ en: 'To know', fr: 'À savoir' }, list(told), t),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

const CHANGES = {
  added: { en: 'present, but not declared:', fr: 'présent, mais non déclaré :' },
  missing: { en: 'declared, but missing:', fr: 'déclaré, mais absent :' },
} as const;

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
  address: { en: 'Address of another machine', fr: "Adresse d'une autre machine" },
  mac: { en: 'MAC of another NIC', fr: "MAC d'une autre interface" },
  arp: { en: 'ARP claim to another address', fr: "Revendication ARP d'une autre adresse" },
  neighbour: { en: 'IPv6 claim to another address', fr: "Revendication IPv6 d'une autre adresse" },
  hidden: { en: 'The same behind another header', fr: 'La même derrière un autre en-tête' },
  client: { en: "DHCP in another's name", fr: "DHCP au nom d'une autre" },
  dhcp: { en: 'DHCP answer', fr: 'Réponse DHCP' },
  router: { en: 'IPv6 router advertisement', fr: 'Annonce de routeur IPv6' },
  related: {
    en: 'ICMP error about a connection of others',
    fr: "Erreur ICMP sur une connexion d'autres machines",
  },
  outside: {
    en: 'From outside in the name of a machine',
    fr: "Du dehors au nom d'une machine",
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

const STYLE = [
  ':root{color-scheme:light dark}',
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}',
  '.verdict{font-size:1.3rem;font-weight:bold}',
  '.good,.open{color:#18794e}.bad,.mismatch{color:#cd2b31}.partly{color:#ad5700}.closed{color:#888}',
  '.wide{overflow-x:auto}table{border-collapse:collapse}td,th{padding:.15rem .5rem;text-align:left}',
  '.matrix td{text-align:center;border:1px solid #8884}',
  '.matrix .heads th,.matrix .over th{text-align:center;vertical-align:bottom}',
  '.matrix .heads span{writing-mode:vertical-rl;transform:rotate(180deg)}.matrix th[rowspan]{vertical-align:top}',
  '.matrix td[colspan]{border:0}.about th{font-weight:normal;color:#888}code{word-break:break-all}.untested{color:#ad5700}',
  '.trust{border-left:.3rem solid;padding-left:.4rem}.matrix .heads .trust,.matrix .over .trust{border-left:0;border-top:.3rem solid}',
  '.admin{border-color:#0b68cb!important}.trusted{border-color:#18794e!important}.semi{border-color:#c98a00!important}',
  '.untrusted{border-color:#cd2b31!important}.disposable{border-color:#a144af!important}',
  '@media print{body{max-width:none;margin:0}}',
  'small{color:#888;font-weight:normal}',
].join('');
