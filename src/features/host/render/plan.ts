import { printable } from '../../../base/system/index.ts';
import type { Voice } from '../../../kit/render/problems.ts';
import { counted } from '../../../kit/render/words.ts';
import type { Bootstrap } from '../bootstrap.ts';
import { labelOf } from '../words.ts';

/** Every step with its reason, and the packages that would come. */
export function renderPlan(
  { steps, packages, problems }: Omit<Bootstrap, 'notes'>,
  { paint, t }: Voice,
): string {
  if (problems.length > 0)
    return `${paint.bad('✗')} ${t({
      en: 'Nothing can be done here, and nothing was changed:',
      fr: "Rien ne peut être fait ici, et rien n'a été modifié :",
    })}`;
  if (steps.length === 0)
    return `${paint.good('✓')} ${t({
      en: 'Nothing to do: this host is as it should be.',
      fr: 'Rien à faire : cet hôte est comme il doit être.',
    })}`;
  const lines = steps.flatMap((step) => [
    `  ${paint.good('+')} ${printable(t(labelOf(step)))}`,
    `      ${paint.dim(t(step.why))}`,
  ]);
  const title = t({ en: 'On this host:', fr: 'Sur cet hôte :' });
  const more = packages.length > 0 ? ['', t(newPackages(packages))] : [];
  return [title, ...lines, ...more].join('\n');
}

function newPackages(packages: readonly string[]) {
  const names = packages.join(' ');
  return {
    en: `New packages, with what they need (${packages.length}): ${names}`,
    fr: `Nouveaux paquets, avec ce dont ils ont besoin (${packages.length}) : ${names}`,
  };
}

/** The last line of a bootstrap. */
export function renderDone(changed: number, { paint, t }: Voice): string {
  const n = t(
    counted(changed, { en: 'change', fr: 'changement' }, { en: 'changes', fr: 'changements' }),
  );
  return `${paint.good('✓')} ${t({
    en: `This host is ready (${n}). 'anklume host status' lists what was changed.`,
    fr: `Cet hôte est prêt (${n}). « anklume host status » énumère ce qui a été modifié.`,
  })}`;
}
