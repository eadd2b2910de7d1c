import type { Voice } from '../../../kit/render/problems.ts';
import { counted } from '../../../kit/render/words.ts';

/** The last line of a bootstrap. */
export function renderDone(changed: number, { paint, t }: Voice): string {
  const n = t(
    counted(changed, { en: 'change', fr: 'changement' }, { en: 'changes', fr: 'changements' }),
  );
  return `${paint.good('✓')} ${t({
    en: `This host is ready (${n}). 'anklume host status' lists what was changed.`,
    fr: `Cet hôte est prêt (${n}). « anklume host status » énumère ce qui a été modifié.`,
  })}`;
}
