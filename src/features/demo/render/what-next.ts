import { printable } from '../../../base/system/index.ts';
import type { Voice } from '../../../kit/render/problems.ts';

/** How to look further, stop and remove the demonstration. */
export function renderWhatNext(
  folder: string,
  program: string,
  { t, paint }: Pick<Voice, 't' | 'paint'>,
): string {
  const place = printable(folder);
  const rows: readonly (readonly [line: string, about: string])[] = [
    [
      `${program} -C ${place} status --sandbox=demo`,
      t({ en: 'the machines, now', fr: 'les machines, maintenant' }),
    ],
    [
      `${program} -C ${place} network explain pro-dev homelab-llm --port 11434`,
      t({ en: 'why a packet passes', fr: 'pourquoi un paquet passe' }),
    ],
    [
      `${program} sandbox shell demo`,
      t({
        en: "inside: 'incus list --all-projects'",
        fr: "à l'intérieur : « incus list --all-projects »",
      }),
    ],
    [
      `${program} sandbox stop demo`,
      t({ en: 'stop; the machines are kept', fr: 'arrêter ; les machines sont conservées' }),
    ],
    [`${program} demo --delete`, t({ en: 'remove everything', fr: 'tout supprimer' })],
  ];
  const widest = Math.max(...rows.map(([line]) => line.length));
  return [
    t({ en: 'What next:', fr: 'Et ensuite :' }),
    ...rows.map(([line, about]) => `  ${line.padEnd(widest)}  ${paint.dim(about)}`),
  ].join('\n');
}
