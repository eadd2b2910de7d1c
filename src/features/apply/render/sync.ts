import type { Text } from '../../../base/messages/index.ts';
import { printable } from '../../../base/system/index.ts';
import type { Voice } from '../../../kit/render/problems.ts';
import { counted } from '../../../kit/render/words.ts';
import type { CleanReport, KeepReason, SyncPlan } from '../../../world/tree/index.ts';

/** Files created, changed and orphaned, then one line of counts. `written` says whether it was done or is only shown. */
export function renderSync(
  plan: SyncPlan,
  cleaned: CleanReport,
  written: boolean,
  voice: Voice,
): string {
  const { t, paint } = voice;
  const gone = new Set(cleaned.removed);
  const orphans = plan.orphans.map((orphan) => {
    const name = printable(orphan.path);
    if (gone.has(orphan.path)) return `${paint.bad('-')} ${name}`;
    const reason = cleaned.kept.find(({ path }) => path === orphan.path)?.reason;
    const note = t(orphanNote(orphan, reason));
    return `${paint.dim('?')} ${name}  ${paint.dim(note)}`;
  });
  const lines = [
    ...plan.created.map((path) => `${paint.good('+')} ${printable(path)}`),
    ...plan.updated.map((path) => `${paint.warn('~')} ${printable(path)}`),
    ...orphans,
  ];
  const changed = plan.created.length + plan.updated.length;
  const verb = written
    ? counted(
        changed,
        { en: 'file written', fr: 'fichier écrit' },
        { en: 'files written', fr: 'fichiers écrits' },
      )
    : counted(
        changed,
        { en: 'file would be written', fr: 'fichier serait écrit' },
        { en: 'files would be written', fr: 'fichiers seraient écrits' },
      );
  const rest = counted(
    plan.unchanged.length,
    { en: 'unchanged', fr: 'inchangé' },
    { en: 'unchanged', fr: 'inchangés' },
  );
  lines.push(`${paint.good('✓')} ${t(verb)}, ${t(rest)}`);
  return lines.join('\n');
}

function orphanNote(
  orphan: { readonly protected: boolean; readonly userText: boolean },
  kept: KeepReason | undefined,
): Text {
  if (orphan.protected)
    return { en: 'orphan, protected: stays', fr: 'orphelin, protégé : conservé' };
  if (orphan.userText || kept === 'user-text')
    return {
      en: 'orphan with lines of yours: stays',
      fr: 'orphelin avec des lignes à vous : conservé',
    };
  if (kept === 'changed')
    return { en: 'orphan, just changed: stays', fr: "orphelin, modifié à l'instant : conservé" };
  return {
    en: 'orphan: --delete-orphans removes it',
    fr: 'orphelin : --delete-orphans le supprime',
  };
}
