import type { Text } from '../../../base/messages/index.ts';
import { printable } from '../../../base/system/index.ts';
import type { Voice } from '../../../kit/render/problems.ts';
import { counted } from '../../../kit/render/words.ts';
import type { Kept } from '../status.ts';
import { labelOf } from '../words.ts';

const STANDINGS: Readonly<Record<Kept['standing'], Text>> = {
  kept: { en: '', fr: '' },
  changed: { en: 'changed since', fr: 'modifié depuis' },
  missing: { en: 'is no longer there', fr: "n'est plus là" },
  cut: {
    en: "a run was cut short here: 'anklume host bootstrap' goes on",
    fr: 'une exécution a été interrompue ici : « anklume host bootstrap » reprend',
  },
};

/** Each change, and what has become of it. */
export function renderStatus(changes: readonly Kept[], { paint, t }: Voice): string {
  if (changes.length === 0)
    return t({
      en: 'Bootstrap has changed nothing on this host.',
      fr: "bootstrap n'a rien modifié sur cet hôte.",
    });
  const lines = changes.map(({ change, standing }) => {
    const label = printable(t(labelOf(change)));
    if (standing === 'kept') return `  ${paint.good('✓')} ${label}`;
    return `  ${paint.warn('!')} ${label}: ${t(STANDINGS[standing])}`;
  });
  const off = changes.filter(({ standing }) => standing !== 'kept').length;
  const last =
    off === 0
      ? `${paint.good('✓')} ${t({ en: 'All as it was left.', fr: 'Tout est comme laissé.' })}`
      : `${paint.warn('!')} ${t(counted(off, { en: 'difference', fr: 'différence' }, { en: 'differences', fr: 'différences' }))}`;
  return [t({ en: 'Changed on this host:', fr: 'Modifié sur cet hôte :' }), ...lines, last].join(
    '\n',
  );
}
