import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Problem } from '../../base/messages/index.ts';
import { readTreeFile } from './file-access.ts';
import type { TreeFile, TreeFolder } from './layout.ts';
import { type Layer, readVariableFile } from './variable-file.ts';

/** Everything read from one folder of the tree: layers by host or group name, the winning one first. */
export interface VariableFolder {
  readonly layers: ReadonlyMap<string, readonly Layer[]>;
  readonly problems: readonly Problem[];
}

const AT_ONCE = 32;
const YAML = /\.ya?ml$/;

/**
 * Reads `<name>.yml` and `<name>.yaml`, and the files of a folder `<name>/`, which win over them.
 * A missing folder is empty.
 */
export async function readVariableFolder(
  root: string,
  folder: TreeFolder,
  rendered: ReadonlyMap<string, TreeFile> = new Map(),
): Promise<VariableFolder> {
  const limit = pLimit(AT_ONCE);
  const paths = await variablePaths(root, folder);
  const read = await limit.map(paths, async ({ name, path }) => {
    const bytes = await readTreeFile(root, path);
    if (bytes === undefined) return { name, layers: [], problems: [] };
    if (!Buffer.isBuffer(bytes)) return { name, layers: [], problems: [bytes] };
    return { name, ...readVariableFile(path, bytes, rendered.get(path)) };
  });
  const layers = new Map<string, Layer[]>();
  for (const file of read)
    layers.set(file.name, [...(layers.get(file.name) ?? []), ...file.layers]);
  const problems = read.flatMap((file) => file.problems);
  return {
    layers,
    problems: [...problems, ...(folder === 'inventory' ? [] : shadowed(folder, paths))],
  };
}

/** Ansible reads a folder `<name>/` instead of `<name>.yml`, not beside it. */
function shadowed(folder: TreeFolder, paths: readonly NamedPath[]): Problem[] {
  const isInside = ({ path }: NamedPath): boolean => path.split('/').length === 3;
  const folders = new Map(paths.filter(isInside).map((inside) => [inside.name, inside]));
  return paths
    .filter((file) => !isInside(file) && folders.has(file.name))
    .map(({ name, path }) => ({
      code: 'tree-file-shadowed',
      severity: 'warning',
      path: [],
      place: { file: path, line: 1, column: 1 },
      message: {
        en: `Ansible does not read this file, because there is a folder ${folder}/${name}/.`,
        fr: `Ansible ne lit pas ce fichier, parce qu'il existe un dossier ${folder}/${name}/.`,
      },
      remedy: {
        en: 'Move what is in the folder into this file, below `# === END MANAGED ===`.',
        fr: 'Déplacez le contenu du dossier dans ce fichier, sous « # === END MANAGED === ».',
      },
    }));
}

interface NamedPath {
  readonly name: string;
  readonly path: string;
}

/** Paths with the name they speak for; of one name, the winning file first. */
async function variablePaths(root: string, folder: TreeFolder): Promise<NamedPath[]> {
  const entries = await list(root, folder);
  const files = entries
    .filter((entry) => YAML.test(entry.name) && !entry.isDirectory())
    .map((entry) => ({ name: entry.name.replace(YAML, ''), path: `${folder}/${entry.name}` }))
    .reverse();
  const folders = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory())
      .map(async ({ name }) => {
        const inside = await list(root, `${folder}/${name}`);
        return inside
          .filter((entry) => YAML.test(entry.name) && !entry.isDirectory())
          .map((entry) => ({ name, path: `${folder}/${name}/${entry.name}` }))
          .reverse();
      }),
  );
  return [...folders.flat(), ...files];
}

/** The entries of a folder by name; none when it is missing or is no folder. */
async function list(root: string, folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    return entries
      .filter((entry) => !entry.name.startsWith('.'))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
