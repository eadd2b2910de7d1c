import { AnklumeError, ExitCode, type Problem } from '../../base/messages/index.ts';
import { type BrokenMarkers, cutSection, isEdited } from './managed-section.ts';

/** A warning when somebody edited the managed section that is about to be replaced. */
export function editWarning(path: string, bytes: Buffer): Problem | undefined {
  const cut = cutSection(bytes);
  if ('message' in cut || cut.section === undefined || !isEdited(cut.section)) return undefined;
  return {
    code: 'managed-section-edited',
    severity: 'warning',
    path: [],
    place: { file: path, line: cut.line, column: 1 },
    message: {
      en: 'The managed section of this file was edited by hand; those edits are overwritten.',
      fr: 'La section gérée de ce fichier a été modifiée à la main ; ces modifications sont écrasées.',
    },
    remedy: {
      en: 'Write your own variables below the line `# === END MANAGED ===`, where they win and survive; or change infra.yml.',
      fr: "Écrivez vos variables sous la ligne « # === END MANAGED === » : elles y l'emportent et y restent ; ou modifiez infra.yml.",
    },
  };
}

/** Markers that cannot be followed. */
export function brokenMarkers(path: string, { line, source, message }: BrokenMarkers): Problem {
  return {
    code: 'managed-section-broken',
    severity: 'error',
    path: [],
    place: { file: path, line, column: 1, source: source.trimEnd() },
    message,
    remedy: {
      en: 'Restore the marker lines, or remove all of them: the section is then put in front of your text.',
      fr: 'Rétablissez les lignes de repère, ou supprimez-les toutes : la section sera alors placée devant votre texte.',
    },
  };
}

/** The same file under two names of the tree. */
export function sharedFile(path: string, other: string): Problem {
  return {
    code: 'tree-shared-file',
    severity: 'error',
    path: [],
    place: { file: path, line: 1, column: 1 },
    related: { file: other, line: 1, column: 1 },
    message: {
      en: `'${path}' and '${other}' are the same file.`,
      fr: `« ${path} » et « ${other} » sont le même fichier.`,
    },
    remedy: {
      en: 'Rename the domain or machine, or remove the link.',
      fr: 'Renommez le domaine ou la machine, ou supprimez le lien.',
    },
  };
}

/** The error for a plan that has problems. */
export function refused(problems: readonly Problem[]): AnklumeError {
  return new AnklumeError({
    code: 'sync-refused',
    exit: ExitCode.usage,
    message: {
      en: 'The tree cannot be written; nothing was changed.',
      fr: "L'arborescence ne peut pas être écrite ; rien n'a été modifié.",
    },
    problems,
  });
}

/** The error for a file that is no longer what the plan saw. */
export function changedMeanwhile(path: string): AnklumeError {
  return new AnklumeError({
    code: 'tree-changed-meanwhile',
    message: {
      en: `'${path}' was changed by somebody else while sync was at work; it was left alone.`,
      fr: `« ${path} » a été modifié par ailleurs pendant la synchronisation ; il n'a pas été touché.`,
    },
    remedy: { en: 'Run `anklume sync` again.', fr: 'Relancez « anklume sync ».' },
  });
}

/** The error for a file that the system would not let us replace. */
export function writeFailed(path: string, error: unknown): AnklumeError {
  const reason = (error as NodeJS.ErrnoException).code ?? String(error);
  return new AnklumeError({
    code: 'tree-write-failed',
    message: {
      en: `'${path}' cannot be written (${reason}); it holds what it held before.`,
      fr: `« ${path} » ne peut pas être écrit (${reason}) ; son contenu est inchangé.`,
    },
    remedy: {
      en: 'Make room or give write permission, then run `anklume sync` again.',
      fr: "Libérez de l'espace ou donnez le droit d'écriture, puis relancez « anklume sync ».",
    },
    cause: error,
  });
}
