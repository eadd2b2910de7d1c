import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inject } from 'vitest';
import { aptInstall, aptUpdate, findProgram, run } from '../../../src/base/system/index.ts';
import { buildDebian } from '../../../src/images/debian/build.ts';
import { debianBase } from '../../../src/images/debian/recipe.ts';
import { incusCli } from '../support.ts';

/** What `--json` tells of a provisioning. */
export interface Provisioned {
  readonly done: boolean;
  readonly changed: number;
  readonly failed: number;
  readonly log: string;
  readonly machines: readonly {
    readonly machine: string;
    readonly result: string;
    readonly ok: number;
    readonly changed: number;
    readonly failure?: { readonly task: string; readonly message: { readonly en: string } };
  }[];
  readonly failure?: { readonly code: string; readonly remedy: { readonly en: string } };
}

/** Ansible, and the image of the machines, before a test's own time begins: on a new machine both take minutes. */
export async function ensureParts(): Promise<void> {
  await ensureAnsible();
  const recipe = debianBase('debian/13');
  if (recipe) await buildDebian(recipe);
}

/** Installs Ansible where there is none, as the documents tell people to. */
export async function ensureAnsible(): Promise<void> {
  if (await findProgram('ansible-playbook')) return;
  await aptUpdate();
  await aptInstall(['ansible-core']);
}

/** A project folder with a world, its roles and whatever else: path to content. */
export async function projectOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'anklume-provision-'));
  await write(folder, files);
  return folder;
}

export async function write(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** A role of one task that puts a text into a file of its machine. */
export function roleThatWrites(path: string, text: string): string {
  return `---
- name: Write ${path}
  ansible.builtin.copy:
    content: "${text}\\n"
    dest: ${path}
    mode: "0644"
`;
}

/** The content of a file in a machine without its last line break, read by the client; undefined when there is none. */
export async function fileIn(
  project: string,
  machine: string,
  path: string,
): Promise<string | undefined> {
  const place = `${machine}${path}`;
  return incusCli('file', 'pull', '--project', project, place, '-').catch(() => undefined);
}

export async function inside(
  project: string,
  machine: string,
  ...command: string[]
): Promise<string> {
  return incusCli('exec', '--project', project, machine, '--', ...command);
}

/** Ansible started by hand in the project folder, as a person does it. */
export async function byHand(folder: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(['ansible-playbook', ...args], {
    cwd: folder,
    env: { INCUS_SOCKET: inject('socket'), LC_ALL: 'C.UTF-8' },
    accept: [1, 2, 3, 4],
  });
  return stdout;
}
