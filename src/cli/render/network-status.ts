import type { NetworkStatus } from '../../network/index.ts';
import { printable } from '../../system/index.ts';
import type { Session } from '../frame/session.ts';
import { renderTable } from './table.ts';

/** Whether the host's rules are the wanted ones, and which domains they cover. */
export function renderNetworkStatus(
  status: NetworkStatus,
  { t, paint, width }: Pick<Session, 't' | 'paint' | 'width'>,
): string {
  const states = {
    current: paint.good(
      t({
        en: 'The rules in force are the wanted ones.',
        fr: 'Les règles en vigueur sont celles voulues.',
      }),
    ),
    stale: paint.warn(
      t({
        en: "The rules in force differ from the wanted ones: 'anklume network deploy'.",
        fr: 'Les règles en vigueur diffèrent de celles voulues : « anklume network deploy ».',
      }),
    ),
    absent: paint.bad(
      t({
        en: "No rules are loaded, so no walls stand: 'anklume network deploy'.",
        fr: "Aucune règle n'est chargée, donc aucun mur ne tient : « anklume network deploy ».",
      }),
    ),
  };
  const rows = status.domains.map(({ name, bridge, covered }) => [
    printable(name),
    printable(bridge),
    covered
      ? paint.good(t({ en: 'walled', fr: 'isolé' }))
      : paint.bad(t({ en: 'open', fr: 'ouvert' })),
  ]);
  const head = [
    t({ en: 'Domain', fr: 'Domaine' }),
    t({ en: 'Bridge', fr: 'Pont' }),
    t({ en: 'Walls', fr: 'Murs' }),
  ];
  const leftOver = status.leftOver.map(
    (bridge) =>
      `${paint.dim('?')} ${printable(bridge)}: ${t({ en: 'in the rules, in no domain', fr: 'dans les règles, dans aucun domaine' })}`,
  );
  return [renderTable(head, rows, width), ...leftOver, states[status.state]].join('\n');
}
