import { printable } from '../../../base/system/index.ts';
import type { Voice } from '../../../kit/render/problems.ts';
import type { Removal } from '../uninstall.ts';
import { labelOf } from '../words.ts';

/** What would go and what would stay; `after` it, what had to stay. */
export function renderRemoval(
  changes: readonly Removal[],
  { paint, t }: Voice,
  when?: 'after',
): string {
  if (changes.length === 0)
    return `${paint.good('✓')} ${t(
      when
        ? {
            en: 'Everything that bootstrap changed on this host was taken back.',
            fr: 'Tout ce que bootstrap avait modifié sur cet hôte a été retiré.',
          }
        : {
            en: 'Nothing to take back: bootstrap has changed nothing on this host.',
            fr: "Rien à retirer : bootstrap n'a rien modifié sur cet hôte.",
          },
    )}`;
  const lines = changes.map(({ change, kept }) => {
    const label = printable(t(labelOf(change)));
    return kept
      ? `  ${paint.warn('!')} ${label}\n      ${t(kept)}`
      : `  ${paint.bad('-')} ${label}`;
  });
  const title = when
    ? { en: 'Not taken back:', fr: 'Pas retiré :' }
    : { en: 'From this host:', fr: 'De cet hôte :' };
  return [t(title), ...lines].join('\n');
}
