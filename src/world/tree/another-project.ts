import { constants, copyFile, link, lstat, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../../base/messages/index.ts';
import { firstFree } from '../../base/system/index.ts';
import { readTreeFile } from './file-access.ts';
import type { Frame } from './layout.ts';
import { cutSection } from './managed-section.ts';
import { PLAYBOOK_FILES } from './playbook.ts';

/**
 * A folder that is an Ansible project already: a clone of the Ansible-based anklume, or anybody's. Its plays, settings
 * and plugins would run beside ours, on the host that Ansible runs on: they are kept under another name, and run when
 * somebody asks for them.
 */
export interface PutAside {
  readonly path: string;
  readonly to: string;
}

/** Folders beside a playbook from which Ansible loads code on its own. */
const CODE = new Set([
  ...['action', 'become', 'cache', 'callback', 'cliconf', 'connection', 'filter'].map(plugins),
  ...['httpapi', 'inventory', 'lookup', 'netconf', 'shell', 'strategy', 'terminal'].map(plugins),
  ...['test', 'vars'].map(plugins),
  ...['library', 'module_utils'],
]);

function plugins(kind: string): string {
  return `${kind}_plugins`;
}

/** Plays of the Ansible-based anklume: the roles that made its infrastructure. */
const EARLIER_PLAYS =
  /^[ \t]*(?:-[ \t]+)?(?:(?:role|name):[ \t]*)?["']?incus_(?:networks|projects|profiles|instances)["']?[ \t]*$/m;

/** Whether a file of the playbook is somebody else's. One with our section is ours, and what stands below it is asked for. */
export function isForeign(bytes: Buffer | undefined, frame: Frame | undefined): boolean {
  if (!frame?.putsAside || bytes === undefined) return false;
  const cut = cutSection(bytes);
  if ('message' in cut) return false;
  if (cut.section === undefined) return bytes.toString('latin1').trim() !== '';
  // A sync of an older version put its section in front of their plays.
  return EARLIER_PLAYS.test(`${cut.before}\n${cut.after}`);
}

/** Where the parts of another project go; nothing where there is none. */
export async function planAside(root: string, files: readonly string[]): Promise<PutAside[]> {
  if (files.length === 0) return [];
  const names = await readdir(root);
  const folders = await Promise.all(
    names
      .filter((name) => CODE.has(name))
      .map(async (name) => ((await lstat(join(root, name))).isFile() ? [] : [name])),
  );
  return [...files, ...folders.flat().sort()].map((path) => ({ path, to: freeName(path, names) }));
}

/** `site.before-anklume.yml`, or with the first number that is free */
function freeName(path: string, names: readonly string[]): string {
  const dot = path.lastIndexOf('.');
  const end = dot > 0 ? path.slice(dot) : '';
  const stem = (name: string) => name.slice(0, name.length - end.length);
  const taken = names.filter((name) => name.endsWith(end)).map(stem);
  return firstFree(`${stem(path)}.before-anklume`, new Set(taken)) + end;
}

/** A second name for a file that is about to be replaced: there is no moment without it. */
export async function keepFile(root: string, { path, to }: PutAside): Promise<void> {
  const [from, place] = [join(root, path), join(root, to)];
  try {
    await link(from, place);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    // File systems without links, and files of somebody else.
    await copyFile(from, place, constants.COPYFILE_EXCL);
  }
}

export async function moveFolder(root: string, { path, to }: PutAside): Promise<void> {
  await rename(join(root, path), join(root, to));
}

/** What keeps the playbook of a project from being ours, in a tree that no sync of ours wrote. */
export async function playbookProblems(root: string): Promise<Problem[]> {
  const found = await Promise.all(
    PLAYBOOK_FILES.map(async ({ path, frame }) => {
      const bytes = await readTreeFile(root, path);
      if (bytes !== undefined && !Buffer.isBuffer(bytes)) return [bytes];
      return bytes === undefined ||
        bytes.toString('latin1').trim() === '' ||
        isForeign(bytes, frame)
        ? [notOurs(path, bytes !== undefined)]
        : [];
    }),
  );
  return found.flat();
}

function notOurs(path: string, exists: boolean): Problem {
  return {
    code: 'playbook-not-ours',
    severity: 'error',
    path: [],
    place: { file: path, line: 1, column: 1 },
    message: exists
      ? {
          en: `This '${path}' was not written by anklume, and nothing in it is run unasked.`,
          fr: `Ce « ${path} » n'a pas été écrit par anklume, et rien de ce qu'il contient n'est exécuté sans qu'on le demande.`,
        }
      : {
          en: `There is no '${path}', by which anklume runs roles.`,
          fr: `Il n'y a pas de « ${path} », par lequel anklume exécute les rôles.`,
        },
    remedy: {
      en: "Run 'anklume sync': it writes ours, and keeps yours under another name.",
      fr: 'Lancez « anklume sync » : il écrit le nôtre, et garde le vôtre sous un autre nom.',
    },
  };
}

/** What is said of a part that goes aside, and how its plays, settings or plugins are asked for. */
export function asideWarning({ path, to }: PutAside): Problem {
  const [en, fr] = HOW[path] ?? [
    'To load them all the same, rename the folder back.',
    'Pour les charger malgré tout, rendez son nom au dossier.',
  ];
  return {
    code: 'put-aside',
    severity: 'warning',
    path: [],
    place: { file: path, line: 1, column: 1 },
    message: {
      en: `'${path}' belongs to another Ansible project: it is kept as '${to}', and nothing in it is run.`,
      fr: `« ${path} » appartient à un autre projet Ansible : il est conservé sous le nom « ${to} », et rien n'en est exécuté.`,
    },
    remedy: { en: en.replace('FILE', to), fr: fr.replace('FILE', to) },
  };
}

const HOW: Readonly<Record<string, readonly [en: string, fr: string]>> = {
  'site.yml': [
    "To run its plays with ours, write '- import_playbook: FILE' below the managed section of site.yml.",
    'Pour exécuter ses plays avec les nôtres, écrivez « - import_playbook: FILE » sous la section gérée de site.yml.',
  ],
  'ansible.cfg': [
    'Write the settings that you want below the managed section of ansible.cfg.',
    'Écrivez les réglages que vous voulez sous la section gérée de ansible.cfg.',
  ],
};
