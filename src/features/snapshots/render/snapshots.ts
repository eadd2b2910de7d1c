import type { Text } from '../../../base/messages/index.ts';
import { printable, shownTime } from '../../../base/system/index.ts';
import { renderTable } from '../../../kit/render/table.ts';
import { counted } from '../../../kit/render/words.ts';
import type { Session } from '../../../kit/session.ts';
import type { ListedSnapshot } from '../list.ts';
import type { SnapshotOutcome, SnapshotReport } from '../outcome.ts';
import type { Restored } from '../restore.ts';

type Look = Pick<Session, 't' | 'paint' | 'width'>;

/** What a command on snapshots did: what did not go well with its reason, then one line of counts. */
export function renderSnapshots(report: SnapshotReport, look: Look): string {
  const { paint, t } = look;
  const { failed, skipped, unchanged, changed, outcomes } = report;
  const lines = outcomes.flatMap((outcome) => told(outcome, look));
  const parts = [
    t(DONE[report.action](changed)),
    ...(unchanged > 0
      ? [t({ en: `${unchanged} unchanged`, fr: `${unchanged} sans changement` })]
      : []),
    ...(failed > 0
      ? [
          paint.bad(
            t(counted(failed, { en: 'failed', fr: 'échec' }, { en: 'failed', fr: 'échecs' })),
          ),
        ]
      : []),
    ...(skipped > 0
      ? [
          paint.warn(
            t({
              en: `${skipped} skipped`,
              fr: `${skipped} laissée${skipped > 1 ? 's' : ''} de côté`,
            }),
          ),
        ]
      : []),
  ];
  const mark = failed > 0 ? paint.bad('✗') : skipped > 0 ? paint.warn('!') : paint.good('✓');
  const names = [...new Set(outcomes.filter(isDone).map(({ snapshot }) => printable(snapshot)))];
  const which = names.length > 0 ? `: ${names.join(', ')}` : '';
  return [...lines, `${mark} ${parts.join(', ')}${which}`].join('\n');
}

/** A restore with the way to undo it. */
export function renderRestored(report: Restored, look: Look): string {
  const { paint, t } = look;
  const { safety, generation } = report;
  const lines = [renderSnapshots(report, look)];
  if (safety !== undefined) {
    const kept = printable(safety);
    lines.push(
      `${paint.accent('→')} ${t(
        generation === undefined
          ? {
              en: `What was written since is in the snapshot '${kept}'; delete it when it is not needed.`,
              fr: `Ce qui a été écrit depuis est dans l'instantané « ${kept} » ; supprimez-le quand il ne sert plus.`,
            }
          : {
              en: `What was written since is kept in '${kept}': 'anklume rollback' restores it (generation ${generation}).`,
              fr: `Ce qui a été écrit depuis est gardé dans « ${kept} » : « anklume rollback » le restaure (génération ${generation}).`,
            },
      )}`,
    );
  }
  return lines.join('\n');
}

const DONE: Readonly<Record<SnapshotReport['action'], (n: number) => Text>> = {
  create: (n) =>
    counted(
      n,
      { en: 'snapshot made', fr: 'instantané fait' },
      { en: 'snapshots made', fr: 'instantanés faits' },
    ),
  restore: (n) =>
    counted(
      n,
      { en: 'machine restored', fr: 'machine restaurée' },
      { en: 'machines restored', fr: 'machines restaurées' },
    ),
  delete: (n) =>
    counted(
      n,
      { en: 'snapshot removed', fr: 'instantané supprimé' },
      { en: 'snapshots removed', fr: 'instantanés supprimés' },
    ),
};

function isDone({ result }: SnapshotOutcome): boolean {
  return (
    result === 'created' || result === 'restored' || result === 'again' || result === 'deleted'
  );
}

function told(
  { machine, result, snapshot, message, remedy }: SnapshotOutcome,
  { paint, t }: Look,
): string[] {
  if (result === 'again')
    return [
      `${paint.dim('=')} ${printable(machine)}: ${t({
        en: `was restored to '${printable(snapshot)}' before; so it was once more`,
        fr: `avait déjà été restaurée à « ${printable(snapshot)} » ; elle l'a été une fois de plus`,
      })}`,
    ];
  if (result !== 'failed' && result !== 'skipped') return [];
  const mark = result === 'failed' ? paint.bad('✗') : paint.warn('-');
  const line = `${mark} ${printable(machine)}${message ? `: ${printable(t(message))}` : ''}`;
  return remedy ? [line, `  ${paint.accent('→')} ${printable(t(remedy))}`] : [line];
}

/** The snapshots, one a row. */
export function renderSnapshotList(snapshots: readonly ListedSnapshot[], look: Look): string {
  const { t, paint, width } = look;
  if (snapshots.length === 0)
    return t({
      en: "No snapshots. 'anklume snapshot create' makes one.",
      fr: "Pas d'instantané. « anklume snapshot create » en fait un.",
    });
  const head = [
    t({ en: 'Domain', fr: 'Domaine' }),
    t({ en: 'Machine', fr: 'Machine' }),
    t({ en: 'Snapshot', fr: 'Instantané' }),
    t({ en: 'Made', fr: 'Fait le' }),
    t({ en: 'Expires', fr: 'Expire le' }),
  ];
  const notWhole = t({ en: 'not whole: cut off', fr: 'incomplet : interrompu' });
  const rows = snapshots.map(({ domain, machine, name, madeAt, expiresAt, safety, unfinished }) => [
    printable(domain),
    printable(machine),
    safety ? paint.dim(printable(name)) : printable(name),
    shownTime(madeAt),
    unfinished ? paint.warn(notWhole) : expiresAt === undefined ? '' : shownTime(expiresAt),
  ]);
  return renderTable(head, rows, width);
}
