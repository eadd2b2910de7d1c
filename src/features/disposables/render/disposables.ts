import type { Text } from '../../../base/messages/index.ts';
import { printable } from '../../../base/system/index.ts';
import { renderTable } from '../../../kit/render/table.ts';
import type { Session } from '../../../kit/session.ts';
import type { Disposable } from '../tag.ts';

const USES: Readonly<Record<Disposable['tag']['use'], Text>> = {
  run: { en: 'in use by a command', fr: 'utilisée par une commande' },
  kept: { en: 'until it is stopped', fr: "jusqu'à son arrêt" },
  pool: { en: 'waits in a pool', fr: 'en réserve' },
};

/** One row for each disposable machine. */
export function renderDisposables(
  all: readonly Disposable[],
  { t, width }: Pick<Session, 't' | 'width'>,
): string {
  if (all.length === 0) return t({ en: 'No disposable machine.', fr: 'Aucune machine jetable.' });
  const head = [
    t({ en: 'Machine', fr: 'Machine' }),
    t({ en: 'Project', fr: 'Projet' }),
    t({ en: 'Image', fr: 'Image' }),
    t({ en: 'Use', fr: 'Usage' }),
  ];
  const rows = all.map(({ name, project, tag }) => [
    printable(name),
    printable(project),
    printable(tag.image),
    t(USES[tag.use]),
  ]);
  return renderTable(head, rows, width);
}
