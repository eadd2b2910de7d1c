import { printable } from '../../../base/system/index.ts';
import type { Image } from '../../../incus/index.ts';
import { renderTable } from '../../../kit/render/table.ts';
import type { Session } from '../../../kit/session.ts';

/** One row for each image: aliases, what it is, how big. */
export function renderImages(
  images: readonly Image[],
  { t, width }: Pick<Session, 't' | 'width'>,
): string {
  if (images.length === 0) return t({ en: 'No image yet.', fr: "Pas encore d'image." });
  const head = [
    'Alias',
    t({ en: 'Description', fr: 'Description' }),
    t({ en: 'Kind', fr: 'Type' }),
    'MiB',
  ];
  const rows = images.map((image) => [
    image.aliases.map(({ name }) => printable(name)).join(', '),
    printable(image.properties.description ?? ''),
    printable(image.type),
    (image.size / 2 ** 20).toFixed(0),
  ]);
  return renderTable(head, rows, width);
}
