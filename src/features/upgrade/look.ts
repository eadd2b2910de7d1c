import { join } from 'node:path';
import { AnklumeError, ExitCode, type Text } from '../../base/messages/index.ts';
import { compareVersions, isThere, printable, VERSION } from '../../base/system/index.ts';
import { ask, git } from './git.ts';
import { findObstacles } from './obstacles.ts';
import { planUpgrade, type UpgradePlan } from './plan.ts';

/** Two versions of the product's folder, and what lies between them. */
export interface UpgradeSight {
  /** The product's folder. */
  readonly root: string;
  /** Commits. */
  readonly from: string;
  readonly to: string;
  /** Versions as package.json says them. */
  readonly fromVersion: string;
  readonly toVersion: string;
  readonly upToDate: boolean;
  /** The user has commits of his own. */
  readonly ownCommits: boolean;
  readonly plan: UpgradePlan;
  /** Files of the new version that differ from what is installed, and those that it has no more. */
  readonly placed: readonly string[];
  readonly removed: readonly string[];
  /** What has to make room as a whole: folders where a file comes, files where a folder does. */
  readonly aside: readonly string[];
}

async function paths(root: string, ...args: readonly string[]): Promise<string[]> {
  const stdout = await git(root, ...args);
  return stdout.split('\0').filter((path) => path !== '');
}

/**
 * Fetches, and compares what is installed with the version asked for. Changes no file of the product. Throws
 * `not-a-clone` (exit 4), `merge-in-progress`, `git-locked`, `no-upstream`, `unknown-version`, `version-is-older` (exit 2).
 */
export async function lookAtUpgrade(
  root: string,
  wanted: string | undefined,
): Promise<UpgradeSight> {
  const top = await ask(root, 'rev-parse', '--show-toplevel');
  if (top !== root) throw notAClone(root);
  if ((await ask(root, 'rev-parse', '--quiet', '--verify', 'MERGE_HEAD')) !== undefined)
    throw merging(root);
  const lock = join((await git(root, 'rev-parse', '--absolute-git-dir')).trim(), 'index.lock');
  if (await isThere(lock)) throw gitLocked(lock);
  if ((await git(root, 'remote')).trim() !== '') await git(root, 'fetch', '--quiet', '--tags');
  const to = await targetOf(root, wanted);
  const from = (await git(root, 'rev-parse', 'HEAD')).trim();
  const base = await ask(root, 'merge-base', from, to);
  if (base === undefined) throw unknownVersion(wanted ?? to);
  if (wanted !== undefined && base === to && to !== from) throw isOlder(wanted);
  const diff = ['diff', '--name-only', '-z', '--no-renames'];
  const changed = await paths(root, ...diff, base, to);
  const removed = await paths(root, ...diff, '--diff-filter=D', base, to);
  const gone = new Set(removed);
  const placed = changed.filter((path) => !gone.has(path));
  const tracked = new Set(await paths(root, 'ls-files', '-z'));
  const touched = await paths(root, ...diff, base);
  const known = { placed, removed: gone, tracked, edited: new Set(touched) };
  const obstacles = await findObstacles(root, known);
  const different = new Set([...(await paths(root, ...diff, to)), ...obstacles.users]);
  const edited = [...new Set([...touched, ...obstacles.users])];
  const same = edited.filter((path) => !different.has(path));
  const toVersion = versionIn(await git(root, 'show', `${to}:package.json`));
  return {
    root,
    from,
    to,
    fromVersion: VERSION,
    toVersion,
    upToDate: base === to,
    ownCommits: base !== from,
    plan: planUpgrade(apart(changed, obstacles.users), edited, same),
    placed,
    removed,
    aside: [...obstacles.users, ...obstacles.ours],
  };
}

/** What the new version changes, with what has to make room for it as one path, not as those below it. */
function apart(changed: readonly string[], users: readonly string[]): string[] {
  const isBelow = (path: string) => users.some((one) => path.startsWith(`${one}/`));
  return [...new Set([...changed.filter((path) => !isBelow(path)), ...users])];
}

async function targetOf(root: string, wanted: string | undefined): Promise<string> {
  const names =
    wanted === undefined
      ? [await ask(root, 'rev-parse', '--symbolic-full-name', '@{upstream}')]
      : [wanted, `v${wanted}`, `origin/${wanted}`];
  for (const name of names) {
    const verify = ['rev-parse', '--quiet', '--verify', '--end-of-options'];
    const found = name && (await ask(root, ...verify, `${name}^{commit}`));
    if (found) return found;
  }
  throw wanted === undefined ? noUpstream(root) : unknownVersion(wanted);
}

function versionIn(untrustedManifest: string): string {
  try {
    const { version } = JSON.parse(untrustedManifest) as { version?: unknown };
    if (typeof version === 'string' && compareVersions(version, VERSION) !== undefined)
      return version;
  } catch {
    // Told as unknown below.
  }
  return '?';
}

function usage(code: string, message: Text, remedy: Text): AnklumeError {
  return new AnklumeError({ code, exit: ExitCode.usage, message, remedy });
}

function notAClone(root: string): AnklumeError {
  return new AnklumeError({
    code: 'not-a-clone',
    exit: ExitCode.environment,
    message: {
      en: `anklume in ${root} is not a clone of its repository, so it cannot upgrade itself.`,
      fr: `anklume dans ${root} n'est pas un clone de son dépôt et ne peut donc pas se mettre à niveau.`,
    },
    remedy: {
      en: 'Upgrade it the way it was installed.',
      fr: 'Mettez-le à niveau de la façon dont il a été installé.',
    },
  });
}

function merging(root: string): AnklumeError {
  return usage(
    'merge-in-progress',
    {
      en: `A merge has begun in ${root} and is not finished.`,
      fr: `Une fusion est commencée dans ${root} et n'est pas terminée.`,
    },
    {
      en: `Finish it, or give it up: git -C ${root} merge --abort. Copies of edited files are in ~/.anklume/upgrades.`,
      fr: `Terminez-la, ou abandonnez-la : git -C ${root} merge --abort. Des copies des fichiers modifiés sont dans ~/.anklume/upgrades.`,
    },
  );
}

function gitLocked(lock: string): AnklumeError {
  return usage(
    'git-locked',
    {
      en: `Another git is at work, or one was killed and left ${lock}. Nothing was changed.`,
      fr: `Un autre git est à l'œuvre, ou l'un d'eux a été tué et a laissé ${lock}. Rien n'a été modifié.`,
    },
    {
      en: `If none runs, remove that file. Copies of files that earlier upgrades replaced are in ~/.anklume/upgrades.`,
      fr: `Si aucun n'est lancé, supprimez ce fichier. Des copies des fichiers remplacés par de précédentes mises à niveau sont dans ~/.anklume/upgrades.`,
    },
  );
}

function noUpstream(root: string): AnklumeError {
  return usage(
    'no-upstream',
    {
      en: `The branch of ${root} follows no other, so nobody can tell what the new version is.`,
      fr: `La branche de ${root} n'en suit aucune autre ; nul ne peut dire quelle est la nouvelle version.`,
    },
    {
      en: 'Name a version: anklume upgrade --to 1.2.3.',
      fr: 'Nommez une version : anklume upgrade --to 1.2.3.',
    },
  );
}

function unknownVersion(name: string): AnklumeError {
  const shown = printable(name);
  return usage(
    'unknown-version',
    {
      en: `There is no version '${shown}' that follows from what is installed.`,
      fr: `Il n'y a pas de version « ${shown} » qui prolonge ce qui est installé.`,
    },
    { en: 'git tag --list shows the versions.', fr: 'git tag --list montre les versions.' },
  );
}

function isOlder(name: string): AnklumeError {
  const shown = printable(name);
  return usage(
    'version-is-older',
    {
      en: `'${shown}' is older than what is installed.`,
      fr: `« ${shown} » est plus ancienne que ce qui est installé.`,
    },
    {
      en: 'To go back, check it out with git; the tree of a project then needs anklume sync.',
      fr: "Pour revenir en arrière, extrayez-la avec git ; l'arborescence d'un projet demande ensuite anklume sync.",
    },
  );
}
