import { printable, shownTime } from '../../../base/system/index.ts';
import { renderTable } from '../../../kit/render/table.ts';
import type { Session } from '../../../kit/session.ts';
import type { Kept } from '../kept.ts';

/** One row for each kept machine: what it has, from what, for whom, how big. */
export function renderGoldenImages(
  images: readonly Kept[],
  { t, width }: Pick<Session, 't' | 'width'>,
): string {
  if (images.length === 0)
    return t({
      en: 'No machine is kept. An apply keeps one when it makes three or more that are equal.',
      fr: "Aucune machine n'est conservée. Un apply en conserve une quand il en crée au moins trois identiques.",
    });
  const head = [
    'Image',
    t({ en: 'Roles', fr: 'Rôles' }),
    t({ en: 'On', fr: 'Sur' }),
    t({ en: 'Project', fr: 'Projet' }),
    t({ en: 'Made', fr: 'Créée' }),
    'MiB',
  ];
  const rows = images.map(({ fingerprint, roles, image, project, createdAt, size }) => [
    fingerprint.slice(0, 12),
    roles.map((role) => printable(role)).join(', '),
    printable(image),
    printable(project),
    shownTime(createdAt),
    (size / 2 ** 20).toFixed(0),
  ]);
  return renderTable(head, rows, width);
}

/** What went, and how much room that makes. */
export function renderPruned(removed: readonly Kept[], { t }: Pick<Session, 't'>): string {
  const n = removed.length;
  if (n === 0) return t({ en: 'Nothing to remove.', fr: 'Rien à supprimer.' });
  const size = (removed.reduce((sum, one) => sum + one.size, 0) / 2 ** 20).toFixed(0);
  return t({
    en: `${n} ${n === 1 ? 'image' : 'images'} removed, ${size} MiB.`,
    fr: `${n} image${n === 1 ? '' : 's'} supprimée${n === 1 ? '' : 's'}, ${size} Mio.`,
  });
}
