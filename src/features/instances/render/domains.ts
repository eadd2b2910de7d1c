import { printable } from '../../../base/system/index.ts';
import { renderTable } from '../../../kit/render/table.ts';
import type { Session } from '../../../kit/session.ts';
import type { DesiredDomain } from '../../../world/tree/index.ts';

/** A domain as the list shows it. */
export interface ListedDomain extends Pick<DesiredDomain, 'name' | 'description' | 'network'> {
  readonly trustLevel: string | undefined;
  readonly machines: readonly string[];
}

/** One row for each domain, coloured by trust level. */
export function renderDomains(
  domains: readonly ListedDomain[],
  { t, paint, width }: Pick<Session, 't' | 'paint' | 'width'>,
): string {
  const head = [
    t({ en: 'Domain', fr: 'Domaine' }),
    t({ en: 'Trust', fr: 'Confiance' }),
    t({ en: 'Network', fr: 'Réseau' }),
    t({ en: 'Bridge', fr: 'Pont' }),
    t({ en: 'Machines', fr: 'Machines' }),
    t({ en: 'Description', fr: 'Description' }),
  ];
  const rows = domains.map((domain) => [
    paint.trust(domain.trustLevel, printable(domain.name)),
    paint.trust(domain.trustLevel, domain.trustLevel ?? ''),
    printable(domain.network.subnet),
    printable(domain.network.name),
    domain.machines.map(printable).join(', '),
    printable(domain.description),
  ]);
  return renderTable(head, rows, width);
}
