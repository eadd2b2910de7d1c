/** The folders of the tree, relative to the project root. */
export const TREE_FOLDERS = ['inventory', 'group_vars', 'host_vars'] as const;
export type TreeFolder = (typeof TREE_FOLDERS)[number];

/** `group_vars/pro.yml` */
export function treePath(folder: TreeFolder, name: string): string {
  return `${folder}/${name}.yml`;
}

/** One file of the tree: where it stands and the YAML between its markers. */
export interface TreeFile {
  /** Relative to the project root, with `/`. */
  readonly path: string;
  readonly content: string;
  /** What `content` was rendered from. */
  readonly variables: Readonly<Record<string, unknown>>;
}
