import type { Cleaning, DataStep, GenerationRecord } from '../../generations/index.ts';
import { printable } from '../../system/index.ts';
import type { Return, RollbackReport } from '../../up/index.ts';
import type { Session } from '../frame/session.ts';
import { renderPlan } from './plan.ts';
import { when } from './snapshots.ts';
import { renderTable } from './table.ts';
import { counted } from './words.ts';

type Look = Pick<Session, 't' | 'paint' | 'width' | 'cwd'>;

/** The generations, one a row. */
export function renderHistory(generations: readonly GenerationRecord[], look: Look): string {
  const { t, width } = look;
  if (generations.length === 0)
    return t({
      en: 'No generation yet: the first apply that changes something makes one.',
      fr: 'Pas encore de génération : le premier apply qui change quelque chose en fait une.',
    });
  const head = [
    '#',
    t({ en: 'Time (UTC)', fr: 'Date (UTC)' }),
    t({ en: 'What', fr: 'Quoi' }),
    t({ en: 'Scope', fr: 'Portée' }),
    t({ en: 'Changes', fr: 'Changements' }),
    t({ en: 'Safety snapshots', fr: 'Instantanés de sûreté' }),
  ];
  const rows = generations.map((one) => [
    String(one.number),
    one.stamp,
    what(one, look),
    one.limit === undefined ? t({ en: 'all', fr: 'tout' }) : printable(one.limit),
    `+${one.counts.created} ~${one.counts.changed} -${one.counts.removed}`,
    snapshots(one, look),
  ]);
  return renderTable(head, rows, width);
}

function what({ kind, target, state }: GenerationRecord, { t, paint }: Look): string {
  const name =
    kind === 'apply'
      ? t({ en: 'apply', fr: 'application' })
      : t({ en: `back to ${target?.shape ?? 0}`, fr: `retour à ${target?.shape ?? 0}` });
  if (state === 'done') return name;
  const end =
    state === 'failed' ? t({ en: 'failed', fr: 'échec' }) : t({ en: 'cut off', fr: 'interrompu' });
  return `${name}, ${paint.warn(end)}`;
}

function snapshots({ snapshots: all, cleaned }: GenerationRecord, { t, paint }: Look): string {
  if (all.length === 0) return '';
  if (cleaned) return paint.dim(t({ en: 'removed', fr: 'supprimés' }));
  return all.map(({ machine }) => printable(machine)).join(', ');
}

/** What a rollback would do: data first, then the shape. */
export function renderReturn({ generation, data, plan }: Return, look: Look): string {
  const { t, paint } = look;
  const title = generation
    ? t({
        en: `Back to generation ${generation.number}, of ${when(generation.startedAt)}`,
        fr: `Retour à la génération ${generation.number}, du ${when(generation.startedAt)}`,
      })
    : t({
        en: 'Back to the data of before the first generation (its shape is not known)',
        fr: "Retour aux données d'avant la première génération (sa forme n'est pas connue)",
      });
  const back = new Set(data.map(({ project, instance }) => `instance:${project}/${instance}`));
  const entries = plan.entries.filter(({ id, action }) => !(action === 'create' && back.has(id)));
  const shape =
    entries.length === 0 && data.length > 0
      ? []
      : [renderPlan({ ...plan, entries, orphans: [] }, look, false)];
  return [paint.strong(title), ...data.map((one) => dataLine(one, look)), ...shape].join('\n');
}

function dataLine({ machine, action, snapshot }: DataStep, { t, paint }: Look): string {
  const name = printable(machine);
  const at = snapshot === undefined ? '' : ` ${paint.dim(printable(snapshot))}`;
  const words = {
    restore: t({ en: 'its data goes back', fr: 'ses données reviennent en arrière' }),
    return: t({ en: 'comes back with its data', fr: 'revient avec ses données' }),
    replace: t({
      en: 'the one of then comes back, that of today is put aside',
      fr: "celle d'alors revient, celle d'aujourd'hui est mise de côté",
    }),
    lost: t({
      en: 'what it held then is not kept any more; it stays as it is',
      fr: "ce qu'elle contenait alors n'est plus conservé ; elle reste telle quelle",
    }),
  };
  const mark = action === 'lost' ? paint.warn('!') : paint.accent('↶');
  return `  ${mark} ${name}  ${words[action]}${at}`;
}

/** How a rollback ended. */
export function renderRollback(report: RollbackReport, { t, paint }: Look): string {
  const lines = [
    ...report.lost.map(
      (name) =>
        `${paint.warn('!')} ${printable(name)}: ${t({
          en: 'its data of then is not kept any more; it stays as it is',
          fr: "ses données d'alors ne sont plus conservées ; elle reste telle quelle",
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
  if (report.declaration !== undefined)
    lines.push(
      `${paint.accent('→')} ${t({
        en: `Your infra.yml still declares the newer world; that of then is ${report.declaration}. 'anklume sync' goes forward again.`,
        fr: `Votre infra.yml déclare toujours le monde plus récent ; celui d'alors est ${report.declaration}. « anklume sync » repart de l'avant.`,
      })}`,
    );
  const number = report.generation?.number ?? 0;
  lines.push(
    report.done
      ? `${paint.good('✓')} ${t({ en: `The world is that of generation ${number}`, fr: `Le monde est celui de la génération ${number}` })}`
      : `${paint.bad('✗')} ${t({
          en: 'Not all of it could be brought back; the same command goes on from there',
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
              { en: 'object that was put aside removed', fr: 'objet mis de côté supprimé' },
              { en: 'objects that were put aside removed', fr: 'objets mis de côté supprimés' },
            ),
          ),
        ]
      : []),
  ];
  return `${paint.good('✓')} ${parts.join(', ')}`;
}
