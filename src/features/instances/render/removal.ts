import type { Text } from '../../../base/messages/index.ts';
import { printable, shownTime } from '../../../base/system/index.ts';
import type { Voice } from '../../../kit/render/problems.ts';
import { renderReport } from '../../../kit/render/report.ts';
import type { Removed } from '../remove.ts';
import type { StillDeclared } from '../still-declared.ts';

/** What was removed, what stays and why, and what would come back with the next apply. */
export function renderRemoval(
  { report, removed, absent, stays, generation, until = '', seconds }: Removed,
  declared: readonly StillDeclared[],
  voice: Voice,
): string {
  const { paint, t } = voice;
  const warn = (text: Text) => `${paint.warn('!')} ${printable(t(text))}`;
  const hint = (text: Text) => `  ${paint.accent('→')} ${printable(t(text))}`;
  const lines: string[] = [];
  for (const { machine } of absent)
    lines.push(
      printable(t({ en: `'${machine}' was not there.`, fr: `« ${machine} » n'était pas là.` })),
    );
  for (const { machine, volumes } of removed)
    if (volumes.length > 0) lines.push(warn(keptVolumes(machine, volumes)));
  for (const { reason, remedy } of stays)
    lines.push(warn(reason), ...(remedy ? [hint(remedy)] : []));
  for (const one of declared) lines.push(warn(comesBack(one)), hint(giveUp(one)));
  if (generation !== undefined && removed.length > 0)
    lines.push(
      t({
        en: `In the trash until ${shownTime(until)}; 'anklume rollback' undoes this (generation ${generation}).`,
        fr: `À la corbeille jusqu'au ${shownTime(until)} ; « anklume rollback » annule (génération ${generation}).`,
      }),
    );
  lines.push(renderReport(report, voice, seconds));
  return lines.join('\n');
}

function keptVolumes(machine: string, volumes: readonly string[]): Text {
  const names = volumes.join(', ');
  return {
    en: `The volumes of '${machine}' stay: ${names}.`,
    fr: `Les volumes de « ${machine} » restent : ${names}.`,
  };
}

function comesBack({ machine, domain, by, policies }: StillDeclared): Text {
  if (by === 'tree')
    return {
      en: `The tree of the last sync still declares '${machine}': the next apply makes it again, empty.`,
      fr: `L'arborescence de la dernière synchronisation déclare encore « ${machine} » : le prochain apply la recréera, vide.`,
    };
  const path = `domains.${domain}.machines.${machine}`;
  const more =
    policies === 0
      ? { en: '', fr: '' }
      : {
          en: `, and ${policies} network ${policies === 1 ? 'policy names' : 'policies name'} it`,
          fr: `, et ${policies} politique${policies === 1 ? '' : 's'} réseau la nomme${policies === 1 ? '' : 'nt'}`,
        };
  return {
    en: `infra.yml still declares '${machine}' (${path}${more.en}): the next apply makes it again, empty.`,
    fr: `infra.yml déclare encore « ${machine} » (${path}${more.fr}) : le prochain apply la recréera, vide.`,
  };
}

function giveUp({ by }: StillDeclared): Text {
  return by === 'tree'
    ? { en: "Run 'anklume sync'.", fr: 'Lancez « anklume sync ».' }
    : {
        en: "To give it up, remove it there, then 'anklume sync --delete-orphans'.",
        fr: 'Pour y renoncer, retirez-la du fichier, puis « anklume sync --delete-orphans ».',
      };
}
