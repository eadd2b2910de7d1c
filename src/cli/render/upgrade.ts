import type { Text } from '../../messages/index.ts';
import { printable } from '../../system/index.ts';
import type { UpgradeSight, Validation } from '../../upgrade/index.ts';
import type { Voice } from './problems.ts';
import { counted } from './words.ts';

/** Paths shown before the rest is only counted. */
const MOST = 20;

/** What lies between two versions. */
export function renderSight(sight: UpgradeSight, voice: Voice): string {
  const { paint, t } = voice;
  const { fromVersion, toVersion, plan, upToDate } = sight;
  if (upToDate)
    return `${paint.good('✓')} ${t({
      en: `anklume ${fromVersion} is the newest there is.`,
      fr: `anklume ${fromVersion} est la version la plus récente.`,
    })}`;
  const files = counted(
    plan.updated.length + plan.conflicts.length,
    { en: 'file changes', fr: 'fichier change' },
    { en: 'files change', fr: 'fichiers changent' },
  );
  return [
    `anklume ${fromVersion} → ${toVersion}: ${t(files)}`,
    ...renderConflicts(sight, voice),
    ...list(plan.kept, voice, {
      en: 'Edited by you, and kept as they are:',
      fr: 'Modifiés par vous, et gardés tels quels :',
    }),
  ].join('\n');
}

/** What was done, what the user edited, and whether the new version works. */
export function renderUpgrade(
  sight: UpgradeSight & { readonly backups?: string; readonly validation: Validation },
  voice: Voice,
): string {
  const { paint, t } = voice;
  const { validation, backups, from, root, toVersion } = sight;
  const lines = [...renderConflicts(sight, voice)];
  if (backups !== undefined)
    lines.push(
      `  ${paint.accent('→')} ${t({
        en: `Your versions: ${backups}`,
        fr: `Vos versions : ${backups}`,
      })}`,
    );
  const failed = validation.version === undefined || validation.project === false;
  if (failed)
    lines.push(
      `${paint.bad('✗')} ${t(
        validation.version === undefined
          ? { en: 'The new version does not start:', fr: 'La nouvelle version ne démarre pas :' }
          : {
              en: 'The new version does not take the project:',
              fr: "La nouvelle version n'accepte pas le projet :",
            },
      )}`,
      printable(validation.words ?? ''),
      `  ${paint.accent('→')} ${t({
        en: `Back to the version before: git -C ${root} reset --keep ${from.slice(0, 12)}`,
        fr: `Revenir à la version d'avant : git -C ${root} reset --keep ${from.slice(0, 12)}`,
      })}`,
    );
  else
    lines.push(
      `${paint.good('✓')} anklume ${toVersion}${
        validation.project
          ? t({ en: ', and the project is fine with it', fr: ', et le projet lui convient' })
          : ''
      }`,
    );
  return lines.join('\n');
}

function renderConflicts({ plan }: UpgradeSight, voice: Voice): string[] {
  const of = (stays: 'new' | 'yours') =>
    plan.conflicts.filter((one) => one.stays === stays).map(({ path }) => path);
  return [
    ...list(of('new'), voice, {
      en: 'Edited by you and changed by the new version, which replaces them:',
      fr: 'Modifiés par vous et changés par la nouvelle version, qui les remplace :',
    }),
    ...list(of('yours'), voice, {
      en: 'Changed by the new version, and yours stay:',
      fr: 'Changés par la nouvelle version, et les vôtres restent :',
    }),
  ];
}

function list(paths: readonly string[], { paint, t }: Voice, title: Text): string[] {
  if (paths.length === 0) return [];
  const more = paths.length - MOST;
  return [
    t(title),
    ...paths.slice(0, MOST).map((path) => `  ${paint.warn('!')} ${printable(path)}`),
    ...(more > 0 ? [t({ en: `  ... and ${more} more`, fr: `  ... et ${more} de plus` })] : []),
  ];
}
