import { printable } from '../../../base/system/index.ts';
import { seconds } from '../../../kit/progress/plain.ts';
import type { Voice } from '../../../kit/render/problems.ts';
import { counted } from '../../../kit/render/words.ts';
import type { CopiesReport } from '../equal-machines.ts';
import type { Provisioning } from '../provision.ts';

/** What Ansible did in the machines: one line of counts, and where everything it said is kept. */
export function renderProvision(provisioning: Provisioning, { paint, t }: Voice): string {
  if (!provisioning.done) {
    const { message, remedy } = provisioning.failure;
    const line = `${paint.bad('✗')} ${printable(t(message))}`;
    return remedy ? `${line}\n  ${paint.accent('→')} ${printable(t(remedy))}` : line;
  }
  const { machines, changed, failed, log, seconds: took } = provisioning;
  const good = machines.length - failed;
  const parts = [
    t(
      counted(
        good,
        { en: 'machine provisioned', fr: 'machine provisionnée' },
        { en: 'machines provisioned', fr: 'machines provisionnées' },
      ),
    ),
    t(
      counted(
        changed,
        { en: 'task changed something', fr: 'tâche a changé quelque chose' },
        { en: 'tasks changed something', fr: 'tâches ont changé quelque chose' },
      ),
    ),
    ...(failed > 0 ? [paint.bad(t({ en: `${failed} failed`, fr: `${failed} en échec` }))] : []),
  ];
  const mark = failed > 0 ? paint.bad('✗') : paint.good('✓');
  const lines = [`${mark} ${parts.join(', ')} ${paint.dim(seconds(took, t))}`];
  if (log !== undefined && failed > 0)
    lines.push(
      `  ${paint.accent('→')} ${t({ en: `Everything Ansible said: ${log}`, fr: `Tout ce qu'Ansible a dit : ${log}` })}`,
    );
  return lines.join('\n');
}

/** How many machines are copies of one that was provisioned. */
export function renderGolden(
  { models, copies }: Pick<CopiesReport, 'models' | 'copies'>,
  { paint, t }: Voice,
): string {
  const n = copies.length;
  const of = models.length > 0 ? models.map((name) => printable(name)).join(', ') : undefined;
  const words = {
    en: `${n} ${n === 1 ? 'machine' : 'machines'} made from ${of ? `an image of ${of}` : 'a kept image'}`,
    fr: `${n} machine${n === 1 ? '' : 's'} créée${n === 1 ? '' : 's'} depuis une image ${of ? `de ${of}` : 'conservée'}`,
  };
  return `${paint.good('✓')} ${t(words)}`;
}
