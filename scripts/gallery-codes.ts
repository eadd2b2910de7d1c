// docs/rule-codes.md and docs/rule-codes_FR.md: what each code in the comment of a loaded rule means, and where it can
// stand. Taken from the table that the rules themselves are made with, so that it cannot go stale.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Language } from '../src/base/messages/index.ts';
import { CODES } from '../src/isolation/index.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export const CODE_PAGES: readonly (readonly [string, Language])[] = [
  [join(ROOT, 'docs', 'rule-codes.md'), 'en'],
  [join(ROOT, 'docs', 'rule-codes_FR.md'), 'fr'],
];

const WORDS = {
  en: {
    title: '# Codes of the isolation rules\n\n*Lire en [français](rule-codes_FR.md).*',
    intro:
      "Every isolation rule begins its comment with a code. `anklume network explain`, `network status` and `prove` name it, also with `--json`, and the kernel's log begins a dropped packet with it where `log_drops` is on: `kernel: anklume inter-domain: IN=...`. A code means the same in every version; the words behind it may change.",
    head: ['Code', 'Meaning', 'Table'],
  },
  fr: {
    title:
      "# Codes des règles d'isolation\n\n> Version française de [rule-codes.md](rule-codes.md). En cas de différence, la version anglaise fait foi.",
    intro:
      "Le commentaire de chaque règle d'isolation commence par un code. `anklume network explain`, `network status` et `prove` le nomment, avec `--json` aussi, et le journal du noyau fait commencer par lui un paquet rejeté lorsque `log_drops` est actif : `kernel: anklume inter-domain: IN=...`. Un code garde son sens d'une version à l'autre ; les mots qui le suivent peuvent changer.",
    head: ['Code', 'Sens', 'Table'],
  },
} as const;

const TABLES = {
  inet: { en: 'inet', fr: 'inet' },
  bridge: { en: 'bridge', fr: 'bridge' },
  router: { en: 'of the firewall machine', fr: 'de la machine pare-feu' },
  boot: { en: 'before the rules are loaded', fr: 'avant le chargement des règles' },
} as const;

export function codesPage(language: Language): string {
  const { title, intro, head } = WORDS[language];
  const rows = Object.entries(CODES).map(([code, { text, places }]) => {
    const tables = (Object.keys(TABLES) as (keyof typeof TABLES)[])
      .filter((name) => places[name] !== undefined)
      .map((name) => TABLES[name][language]);
    return `| \`${code}\` | ${text[language]} | ${tables.join(', ')} |`;
  });
  const table = [`| ${head.join(' | ')} |`, '| --- | --- | --- |', ...rows].join('\n');
  return `${[title, intro, table].join('\n\n')}\n`;
}

export function writeCodePages(): void {
  for (const [path, language] of CODE_PAGES) writeFileSync(path, codesPage(language));
}
