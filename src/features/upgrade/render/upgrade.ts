import { type Text, verbatim } from '../../../base/messages/index.ts';
import { printable } from '../../../base/system/index.ts';
import type { Voice } from '../../../kit/render/problems.ts';
import { counted } from '../../../kit/render/words.ts';
import type { UpgradeSight } from '../look.ts';
import type { Upgraded } from '../upgrade.ts';

/** Paths shown before the rest is only counted. */
const MOST = 20;

type Sight = Pick<UpgradeSight, 'fromVersion' | 'toVersion' | 'plan' | 'upToDate'>;

/** What lies between two versions. */
export function renderSight(sight: Sight, voice: Voice): string {
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
  sight: Sight & Upgraded & { readonly backups?: string },
  voice: Voice,
): string {
  const { paint, t } = voice;
  const { validation, done, backups, toVersion } = sight;
  const lines = done ? [...renderConflicts(sight, voice)] : [];
  if (done && backups !== undefined)
    lines.push(
      `  ${paint.accent('→')} ${t({
        en: `Your versions: ${backups}`,
        fr: `Vos versions : ${backups}`,
      })}`,
    );
  const { version, project, projectBefore, words = '' } = validation;
  if (version === undefined || project === false)
    lines.push(
      `${done ? paint.warn('!') : paint.bad('✗')} ${t(
        version === undefined
          ? { en: 'The new version does not start:', fr: 'La nouvelle version ne démarre pas :' }
          : projectBefore
            ? {
                en: 'The new version does not take the project:',
                fr: "La nouvelle version n'accepte pas le projet :",
              }
            : {
                en: 'The project has errors, for the version before as for the new one:',
                fr: "Le projet comporte des erreurs, pour l'ancienne version comme pour la nouvelle :",
              },
      )}`,
      printable(words),
    );
  const good = project
    ? { en: ', and the project is fine with it', fr: ', et le projet lui convient' }
    : verbatim('');
  lines.push(
    done
      ? `${paint.good('✓')} anklume ${toVersion}${t(good)}`
      : `  ${paint.accent('→')} ${t({
          en: 'Nothing was changed: it was tried beside the old version.',
          fr: "Rien n'a été modifié : elle a été essayée à côté de l'ancienne.",
        })}`,
  );
  return lines.join('\n');
}

function renderConflicts({ plan }: Sight, voice: Voice): string[] {
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
