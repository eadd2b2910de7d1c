import type { Text } from '../../../base/messages/index.ts';
import { printable, shownTime } from '../../../base/system/index.ts';
import type { Voice } from '../../../kit/render/problems.ts';
import { renderReport } from '../../../kit/render/report.ts';
import type { Flushed } from '../flush.ts';

/** What a flush left standing and why, what became of the rules, and the counts. */
export function renderFlush(
  { plan, report, rules, trash, seconds }: Flushed,
  projectName: string | undefined,
  voice: Voice,
): string {
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
  lines.push(t(RULES[rules]), ...trashLines(trash, projectName, voice));
  lines.push(renderReport(withoutStays(report), voice, seconds));
  return lines.join('\n');
}

/** What stays was told above with its reason: it did not fail, and is open. */
function withoutStays(report: Flushed['report']): Flushed['report'] {
  const outcomes = report.outcomes.filter(({ action }) => action !== 'refuse');
  const stays = report.outcomes.length - outcomes.length;
  const open = (report.open ?? 0) + stays;
  return { ...report, outcomes, failed: report.failed - stays, ...(open > 0 && { open }) };
}

/** What was removed before this and is still there, and how it goes or comes back. */
function trashLines(
  trash: Flushed['trash'],
  projectName: string | undefined,
  { t, paint }: Voice,
): string[] {
  if (trash.length === 0) return [];
  const names = trash
    .map(({ name, until }) => {
      const time = shownTime(until);
      return printable(t({ en: `${name} (until ${time})`, fr: `${name} (jusqu'au ${time})` }));
    })
    .join(', ');
  const named = projectName === undefined ? '' : ` --project-name ${printable(projectName)}`;
  return [
    `${paint.warn('!')} ${t({
      en: `What was removed before stays in the trash: ${names}.`,
      fr: `Ce qui avait été supprimé avant reste à la corbeille : ${names}.`,
    })}`,
    `  ${paint.accent('→')} ${t({
      en: `'anklume history delete --keep 0${named}' deletes it for good; so does the first change after that time.`,
      fr: `« anklume history delete --keep 0${named} » le supprime définitivement ; le premier changement après cette date aussi.`,
    })}`,
  ];
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
