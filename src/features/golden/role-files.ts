import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { readWhole } from '../../base/system/index.ts';
import { roleFolders } from '../../provision/index.ts';
import { decidingNames, definitionsIn, namesIn } from './words.ts';

/** What a folder of roles or of a playbook holds, as far as it tells machines apart. */
export interface Content {
  /** Of every file, with its path and whether it can be run. */
  readonly digest: string;
  /** What stands in its text files: role names and variables are looked for in it. */
  readonly text: string;
  /** Names on which it can depend what is done. */
  readonly deciding: ReadonlySet<string>;
  /** What it defines itself: variable to value as text. */
  readonly definitions: ReadonlyMap<string, string>;
}

/** Bytes of a file up to which it is looked into for names; larger ones are no tasks. */
const LONGEST_TEXT = 1024 * 1024;

/** Files and folders in one role beyond which it is not looked at. */
const MOST_ENTRIES = 20_000;

/** In the folder of a role, and without a meaning for what it does. */
const PASSED_OVER: ReadonlySet<string> = new Set(['.git', 'molecule', 'README.md', 'README_FR.md']);

/** Beside the playbook, and found by roles without being in them. */
const PLAYBOOK_PARTS = [
  ...['site.yml', 'ansible.cfg', 'files', 'templates', 'vars', 'tasks', 'library', 'module_utils'],
  ...['action_plugins', 'filter_plugins', 'lookup_plugins', 'test_plugins', 'vars_plugins'],
];

/**
 * Every folder that could be the role of this name: which one Ansible takes is the business of ansible.cfg.
 * Undefined where there is none, or one cannot be known: it holds a pipe, or a link to a folder.
 */
export async function readRole(root: string, name: string): Promise<Content | undefined> {
  const places = roleFolders(root).map((folder) => join(folder, name));
  const found = await Promise.all(places.map((place) => realpath(place).catch(() => undefined)));
  const folders = found.filter((one) => one !== undefined);
  return folders.length === 0 ? undefined : readAll(folders);
}

/** The playbook, and what stands beside it for all roles. */
export async function readPlaybook(root: string): Promise<Content | undefined> {
  const paths = PLAYBOOK_PARTS.map((part) => join(root, part));
  const there = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return readAll(paths.filter((_, index) => there[index] !== undefined));
}

interface Found {
  readonly path: string;
  /** As it is named in the digest. */
  readonly name: string;
}

async function readAll(tops: readonly string[]): Promise<Content | undefined> {
  const hash = createHash('sha256');
  const texts: string[] = [];
  const deciding = new Set<string>();
  const definitions = new Map<string, string>();
  for (const [index, top] of tops.entries()) {
    const files = await filesBelow(top);
    if (!files) return undefined;
    for (const { path, name } of files) {
      const { mode, size } = await stat(path);
      hash.update(JSON.stringify([index, name, (mode & 0o111) !== 0, size]));
      // One that says to be empty and is not, as below /proc, may never end.
      if (size > 0) await addTo(hash, path);
      if (size > LONGEST_TEXT) continue;
      const text = size > 0 ? (await readWhole(path, 2 * LONGEST_TEXT)).toString('utf8') : '';
      texts.push(text);
      const defined = DEFINING.test(name) ? definitionsIn(text) : undefined;
      for (const [key, value] of defined ?? [])
        definitions.set(key, `${definitions.get(key) ?? ''} ${value}`.trim());
      if (!defined) for (const one of decidingIn(name, text)) deciding.add(one);
    }
  }
  return { digest: hash.digest('hex'), text: texts.join('\n'), deciding, definitions };
}

/** Files of a role that define variables. */
const DEFINING = /^(defaults|vars)\//;

function decidingIn(name: string, text: string): ReadonlySet<string> {
  if (DEFINING.test(name)) return namesIn(text);
  if (/\.ya?ml$/.test(name) && !/^(files|templates|meta)\//.test(name)) return decidingNames(text);
  // Jinja in a template chooses text, not tasks; a script is run whatever stands in it.
  return new Set();
}

/** The files of a folder in a stable order, links to files followed; undefined where something else stands in it. */
async function filesBelow(top: string): Promise<Found[] | undefined> {
  if ((await stat(top)).isFile()) return [{ path: top, name: 'itself' }];
  const files: Found[] = [];
  const folders = [top];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (folder === top && PASSED_OVER.has(entry.name)) continue;
      if (entry.isDirectory()) folders.push(path);
      else if (await leadsToFile(path)) files.push({ path, name: relative(top, path) });
      else return undefined;
    }
    if (files.length + folders.length > MOST_ENTRIES) return undefined;
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function leadsToFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

/** Byte by byte through a stream: roles may carry archives. */
async function addTo(hash: Hash, path: string): Promise<void> {
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
}
