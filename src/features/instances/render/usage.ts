import { printable } from '../../../base/system/index.ts';
import { renderSize } from '../../../kit/render/size.ts';
import { renderTable } from '../../../kit/render/table.ts';
import type { Session } from '../../../kit/session.ts';
import type { Usage } from '../usage.ts';
import { stateWord } from './machines.ts';

/** What machines use, one a row; what the daemon does not say stays empty. */
export function renderUsage(
  machines: readonly Usage[],
  look: Pick<Session, 't' | 'paint' | 'width'>,
): string {
  const { t, paint, width } = look;
  const head = [
    t({ en: 'Machine', fr: 'Machine' }),
    t({ en: 'CPU', fr: 'CPU' }),
    t({ en: 'Memory', fr: 'Mémoire' }),
    t({ en: 'Disk', fr: 'Disque' }),
    t({ en: 'In/s', fr: 'Reçu/s' }),
    t({ en: 'Out/s', fr: 'Émis/s' }),
    t({ en: 'Processes', fr: 'Processus' }),
  ];
  const rows = machines.map((one) => {
    const name = paint.trust(one.trust, printable(one.machine));
    if (one.state !== 'Running') return [name, stateWord(one.state, look), '', '', '', '', ''];
    const size = (bytes: number | undefined) => (bytes === undefined ? '' : renderSize(bytes));
    return [
      name,
      one.processors === undefined ? '' : `${Math.round(one.processors * 100)} %`,
      size(one.memory),
      size(one.disk),
      size(one.received),
      size(one.sent),
      String(one.processes ?? ''),
    ];
  });
  return renderTable(head, rows, width);
}
