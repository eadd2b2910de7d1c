import type { Text } from '../../messages/index.ts';
import { printable } from '../../system/index.ts';
import type { Flushed } from '../../up/index.ts';
import type { Voice } from './problems.ts';
import { renderReport } from './report.ts';

/** What a flush left standing and why, what became of the rules, and the counts. */
export function renderFlush({ plan, report, rules, seconds }: Flushed, voice: Voice): string {
  const { paint, t } = voice;
  const lines: string[] = [];
  for (const entry of plan.entries) {
    if (entry.action !== 'refuse') continue;
    lines.push(`${paint.warn('!')} ${printable(t(entry.reason))}`);
  }
  if (lines.length > 0)
    lines.push(
      `  ${paint.accent('→')} ${t({
        en: "'anklume flush --force' removes what is protected too.",
        fr: '« anklume flush --force » supprime aussi ce qui est protégé.',
      })}`,
    );
  lines.push(t(RULES[rules]));
  lines.push(renderReport(report, voice, seconds));
  return lines.join('\n');
}

const RULES: Readonly<Record<Flushed['rules'], Text>> = {
  removed: {
    en: 'The isolation rules were taken away.',
    fr: "Les règles d'isolation ont été retirées.",
  },
  kept: {
    en: 'The isolation rules stay: networks that need them are still there.',
    fr: "Les règles d'isolation restent : des réseaux qui en dépendent sont encore là.",
  },
  absent: { en: 'There were no isolation rules.', fr: "Il n'y avait pas de règles d'isolation." },
  'out-of-reach': {
    en: 'The isolation rules of the other machine were left alone.',
    fr: "Les règles d'isolation de l'autre machine n'ont pas été touchées.",
  },
};
