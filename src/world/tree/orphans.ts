import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { lookAt } from './file-access.ts';
import { TREE_FOLDERS, type TreeFolder, treePath } from './layout.ts';
import { type Cut, cutSection, hasUserText } from './managed-section.ts';
import { readGroups } from './read-inventory.ts';
import { readVariableFile } from './variable-file.ts';

/** A file that sync once wrote for a domain or machine which infra.yml no longer names. */
export interface OrphanFile {
  readonly path: string;
  readonly kind: 'domain' | 'machine';
  readonly name: string;
  /** Declared with `ephemeral: false`, or holding such a machine: never removed for the user. */
  readonly protected: boolean;
  /** Of a domain: all its machines are declared in others, so that it holds none, protected or not. */
  readonly empty?: true;
  /** The user wrote something into it: kept as well. */
  readonly userText: boolean;
}

/** What became of the orphans. */
export interface CleanReport {
  readonly removed: readonly string[];
  readonly kept: readonly { readonly path: string; readonly reason: KeepReason }[];
}
export type KeepReason = 'protected' | 'user-text' | 'changed';

const AT_ONCE = 32;

/** Files with our markers that are not among the `declared` paths, sorted by path. Files without markers are the user's. */
export async function findOrphans(
  root: string,
  declared: ReadonlySet<string>,
): Promise<readonly OrphanFile[]> {
  const limit = pLimit(AT_ONCE);
  const paths = await Promise.all(TREE_FOLDERS.map((folder) => undeclared(root, folder, declared)));
  const found = await limit.map(paths.flat().sort(), (path) => examine(root, path));
  const leftovers = found.filter((leftover) => leftover !== undefined);
  const empty = new Set(
    leftovers.flatMap(({ domain, hosts }) =>
      hosts.length > 0 && hosts.every((host) => declared.has(treePath('host_vars', host)))
        ? [domain]
        : [],
    ),
  );
  const isEmpty = ({ kind, name }: Leftover) => kind === 'domain' && empty.has(name);
  const protectedDomains = new Set(
    leftovers.flatMap((one) => (one.saysProtected && !isEmpty(one) ? [one.domain] : [])),
  );
  return leftovers.map((one) => ({
    path: one.path,
    kind: one.kind,
    name: one.name,
    protected:
      (one.saysProtected && !isEmpty(one)) ||
      (one.kind === 'domain' && protectedDomains.has(one.name)),
    ...(isEmpty(one) && { empty: true as const }),
    userText: one.userText,
  }));
}

/**
 * Removes the orphans that nothing protects and that hold nothing of the user's. What is protected goes too once
 * `isGone` says that none of its machines exists any more.
 */
export async function cleanOrphans(
  root: string,
  orphans: readonly OrphanFile[],
  isGone: (orphan: OrphanFile) => boolean = () => false,
): Promise<CleanReport> {
  const outcomes = await Promise.all(
    orphans.map(async (orphan): Promise<Outcome> => {
      const { path } = orphan;
      const mayGo = orphan.empty || (orphan.protected && isGone(orphan));
      if (orphan.protected && !mayGo) return { path, reason: 'protected' };
      const now = await examine(root, path);
      if (!now || (now.saysProtected && !mayGo)) return { path, reason: 'changed' };
      if (now.userText) return { path, reason: 'user-text' };
      await rm(now.target);
      return { path };
    }),
  );
  return {
    removed: outcomes.flatMap(({ path, reason }) => (reason ? [] : [path])),
    kept: outcomes.flatMap(({ path, reason }) => (reason ? [{ path, reason }] : [])),
  };
}

interface Outcome {
  readonly path: string;
  readonly reason?: KeepReason;
}

async function undeclared(
  root: string,
  folder: TreeFolder,
  declared: ReadonlySet<string>,
): Promise<string[]> {
  // A folder that is missing or unreadable holds no orphan; whoever writes there tells the trouble.
  const names = await readdir(join(root, folder)).catch(() => []);
  return names
    .filter((name) => name.endsWith('.yml'))
    .map((name) => treePath(folder, name.slice(0, -'.yml'.length)))
    .filter((path) => !declared.has(path));
}

interface Leftover extends Pick<OrphanFile, 'path' | 'kind' | 'name' | 'userText'> {
  /** Absolute, every link followed. */
  readonly target: string;
  readonly domain: string;
  readonly saysProtected: boolean;
  /** That an inventory names. */
  readonly hosts: readonly string[];
}

async function examine(root: string, path: string): Promise<Leftover | undefined> {
  const disk = await lookAt(root, path);
  if ('code' in disk || !disk.bytes) return undefined;
  const cut = cutSection(disk.bytes);
  if ('message' in cut || cut.section === undefined) return undefined;
  const [folder = '', file = ''] = path.split('/');
  const name = file.slice(0, -'.yml'.length);
  const said = whatItSays(path, cut, folder === 'host_vars' ? 'instance' : 'domain');
  return {
    path,
    name,
    target: disk.target,
    kind: folder === 'host_vars' ? 'machine' : 'domain',
    domain: folder === 'host_vars' ? said.domain : name,
    saysProtected: said.ephemeral === false,
    hosts: folder === 'inventory' ? said.hosts : [],
    userText: hasUserText(cut),
  };
}

/** The section's own word on whose it is and whether it may go. A section that cannot be read may not. */
function whatItSays(path: string, { section = '' }: Cut, prefix: 'instance' | 'domain') {
  const bytes = Buffer.from(section, 'latin1');
  const { layers, problems } = readVariableFile(path, bytes);
  const variables = layers[0]?.variables;
  const ephemeral = variables?.get(`${prefix}_ephemeral`)?.scalar()?.value;
  return {
    domain: variables?.get('instance_domain')?.scalar()?.text ?? '',
    ephemeral: problems.length > 0 ? false : ephemeral,
    hosts: readGroups(layers, []).flatMap(({ hosts }) => [...hosts.keys()]),
  };
}
