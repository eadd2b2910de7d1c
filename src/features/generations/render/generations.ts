import { printable, shownTime } from '../../../base/system/index.ts';
import { renderPlan } from '../../../kit/render/plan.ts';
import { renderTable } from '../../../kit/render/table.ts';
import { counted } from '../../../kit/render/words.ts';
import type { Session } from '../../../kit/session.ts';
import type { Cleaning } from '../cleaning.ts';
import type { DataStep } from '../data.ts';
import type { GenerationRecord } from '../record.ts';
import type { RollbackReport } from '../rollback.ts';
import type { Return } from '../rollback-way.ts';
import type { ToldGeneration } from '../told.ts';

type Look = Pick<Session, 't' | 'paint' | 'width' | 'cwd'>;

/** The generations, one a row. */
export function renderHistory(generations: readonly ToldGeneration[], look: Look): string {
  const { t, width } = look;
  if (generations.length === 0)
    return t({
      en: 'No generation yet: the first apply that changes something makes one.',
      fr: 'Pas encore de génération : le premier apply qui change quelque chose en fait une.',
    });
  const hasTrash = generations.some((one) => one.trash.length > 0);
  const head = [
    '#',
    t({ en: 'Time', fr: 'Date' }),
    t({ en: 'What', fr: 'Quoi' }),
    t({ en: 'Scope', fr: 'Portée' }),
    t({ en: 'Changes', fr: 'Changements' }),
    t({ en: 'Safety snapshots', fr: 'Instantanés de sûreté' }),
    ...(hasTrash ? [t({ en: 'In the trash', fr: 'Dans la corbeille' })] : []),
  ];
  const rows = generations.map((one) => [
    String(one.number),
    shownTime(one.startedAt),
    what(one, look),
    one.limit === undefined ? t({ en: 'all', fr: 'tout' }) : printable(one.limit),
    changes(one, look),
    snapshots(one, look),
    ...(hasTrash ? [trash(one, look)] : []),
  ]);
  return renderTable(head, rows, width);
}

function what(
  { kind, target, to = '', state, byName }: GenerationRecord,
  { t, paint }: Look,
): string {
  const name = {
    apply: byName
      ? t({ en: 'removal', fr: 'suppression' })
      : t({ en: 'apply', fr: 'mise en place' }),
    rollback:
      target && target.shape > 0
        ? t({ en: `back to ${target.shape}`, fr: `retour à ${target.shape}` })
        : t({
            en: `data of before ${target?.since ?? 0}`,
            fr: `données d'avant ${target?.since ?? 0}`,
          }),
    restore: t({ en: `restore to ${printable(to)}`, fr: `retour à ${printable(to)}` }),
  }[kind];
  if (state === 'done') return name;
  const end =
    state === 'failed' ? t({ en: 'failed', fr: 'échec' }) : t({ en: 'cut off', fr: 'interrompu' });
  return `${name}, ${paint.warn(end)}`;
}

/** Of a run that was cut off nobody knows how far it came. */
function changes({ state, counts }: GenerationRecord, { t }: Look): string {
  const numbers = `+${counts.created} ~${counts.changed} -${counts.removed}`;
  return state === 'begun' ? t({ en: `planned ${numbers}`, fr: `prévu ${numbers}` }) : numbers;
}

function snapshots({ snapshots: all, cleaned }: GenerationRecord, { t, paint }: Look): string {
  if (all.length === 0) return '';
  if (cleaned) return paint.dim(t({ en: 'removed', fr: 'supprimés' }));
  return all.map(({ machine }) => printable(machine)).join(', ');
}

function trash({ trash: all }: ToldGeneration, { t }: Look): string {
  if (all.length === 0) return '';
  const names = all.map(({ name }) => printable(name)).join(', ');
  const day = shownTime(all[0]?.until ?? '');
  return t({ en: `${names} until ${day}`, fr: `${names} jusqu'au ${day}` });
}

/** What a rollback would do: data first, then the shape. */
export function renderReturn(
  { target, generation, data, plan, files, own }: Return,
  look: Look,
): string {
  const { t, paint } = look;
  const title = generation
    ? t({
        en: `Back to generation ${generation.number}, of ${shownTime(generation.startedAt)}`,
        fr: `Retour à la génération ${generation.number}, du ${shownTime(generation.startedAt)}`,
      })
    : t({
        en: `Back to the data of before ${target.since} in 'anklume history'; networks, projects and settings stay`,
        fr: `Retour aux données d'avant le numéro ${target.since} d'« anklume history » ; réseaux, projets et réglages restent`,
      });
  const back = new Set(data.map(({ project, instance }) => `instance:${project}/${instance}`));
  const entries = plan.entries.filter(({ id, action }) => !(action === 'create' && back.has(id)));
  const shape =
    entries.length === 0 && data.length > 0
      ? []
      : [renderPlan({ ...plan, entries, orphans: [] }, look, false)];
  return [
    paint.strong(title),
    ...data.map((one) => dataLine(one, look)),
    ...fileLines(files, own, look),
    ...shape,
  ].join('\n');
}

/** The tree goes back; what the user wrote does not, and is told where it differs. */
function fileLines(files: readonly string[], own: readonly string[], { t, paint }: Look): string[] {
  const names = (all: readonly string[]) => all.map(printable).join(', ');
  return [
    ...(files.length > 0
      ? [
          `  ${paint.accent('↶')} ${t({
            en: `the managed sections of ${names(files)} are those of then`,
            fr: `les sections gérées de ${names(files)} redeviennent celles d'alors`,
          })}`,
        ]
      : []),
    ...(own.length > 0
      ? [
          `  ${paint.warn('!')} ${t({
            en: `your own lines differ from those of then, and stay: ${names(own)}`,
            fr: `vos propres lignes diffèrent de celles d'alors, et restent : ${names(own)}`,
          })}`,
        ]
      : []),
  ];
}

function dataLine({ machine, action, snapshot }: DataStep, { t, paint }: Look): string {
  const name = printable(machine);
  const at = snapshot === undefined ? '' : ` ${paint.dim(printable(snapshot))}`;
  const words = {
    restore: t({ en: 'its data goes back', fr: 'ses données reviennent en arrière' }),
    return: t({ en: 'comes back with its data', fr: 'revient avec ses données' }),
    replace: t({
      en: 'the one of then is restored, that of today is moved to the trash',
      fr: "celle d'alors revient, celle d'aujourd'hui est mise de côté",
    }),
    late: t({
      en: 'what it held then is not kept any more; it comes back as it was when it was removed',
      fr: "ce qu'elle contenait alors n'est plus conservé ; elle revient telle qu'à sa suppression",
    }),
    lost: t({
      en: 'what it held then is not kept any more; it stays as it is',
      fr: "ce qu'elle contenait alors n'est plus conservé ; elle reste telle quelle",
    }),
  };
  const mark = action === 'lost' || action === 'late' ? paint.warn('!') : paint.accent('↶');
  return `  ${mark} ${name}  ${words[action]}${at}`;
}

/** How a rollback ended. */
export function renderRollback(report: RollbackReport, { t, paint }: Look): string {
  const lines = [
    ...report.lost.map(
      (name) =>
        `${paint.warn('!')} ${printable(name)}: ${t({
          en: 'its data of then is not kept any more, and could not come back',
          fr: "ses données d'alors ne sont plus conservées et n'ont pas pu revenir",
        })}`,
    ),
    ...report.stays.map(
      (id) =>
        `${paint.warn('-')} ${printable(id)}: ${t({
          en: 'came since and stays, for it is protected or in use (--force puts it aside)',
          fr: 'apparu depuis, reste car protégé ou utilisé (--force le met de côté)',
        })}`,
    ),
  ];
  if (report.replaced !== undefined)
    lines.push(
      `${paint.accent('→')} ${t({
        en: `The files of the tree as they were before: ${report.replaced}`,
        fr: `Les fichiers de l'arborescence tels qu'ils étaient avant : ${report.replaced}`,
      })}`,
    );
  if (report.declaration !== undefined)
    lines.push(
      `${paint.accent('→')} ${t({
        en: `Your infra.yml still declares the newer world; that of then is ${report.declaration}. 'anklume sync' goes forward again.`,
        fr: `Votre infra.yml déclare toujours le monde plus récent ; celui d'alors est ${report.declaration}. « anklume sync » repart de l'avant.`,
      })}`,
    );
  const { generation, target, lost } = report;
  const mark = lost.length > 0 ? paint.warn('!') : paint.good('✓');
  const rest =
    lost.length > 0
      ? t({
          en: `, but for the data of ${lost.map(printable).join(', ')}`,
          fr: `, sauf les données de ${lost.map(printable).join(', ')}`,
        })
      : '';
  const end = generation
    ? t({
        en: `The world is that of generation ${generation.number}`,
        fr: `Le monde est celui de la génération ${generation.number}`,
      })
    : t({
        en: `The data is that of before ${target.since}`,
        fr: `Les données sont celles d'avant ${target.since}`,
      });
  lines.push(
    report.done
      ? `${mark} ${end}${rest}`
      : `${paint.bad('✗')} ${t({
          en: 'Not all of it could be restored; the same command continues from there',
          fr: "Tout n'a pas pu revenir ; la même commande reprend de là",
        })}`,
  );
  return lines.join('\n');
}

/** What a cleaning removed. */
export function renderCleaning({ snapshots, removed }: Cleaning, { t, paint }: Look): string {
  const parts = [
    t(
      counted(
        snapshots,
        { en: 'safety snapshot removed', fr: 'instantané de sûreté supprimé' },
        { en: 'safety snapshots removed', fr: 'instantanés de sûreté supprimés' },
      ),
    ),
    ...(removed > 0
      ? [
          t(
            counted(
              removed,
              { en: 'object deleted from the trash', fr: 'objet supprimé de la corbeille' },
              { en: 'objects deleted from the trash', fr: 'objets supprimés de la corbeille' },
            ),
          ),
        ]
      : []),
  ];
  return `${paint.good('✓')} ${parts.join(', ')}`;
}
