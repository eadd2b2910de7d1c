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
  /** How the section stands in a file that is not one of variables. */
  readonly frame?: Frame;
}

/** What a new file has around the managed section. */
export interface Frame {
  /** The line that begins a document of this format; empty where none does. */
  readonly start: '---\n' | '';
  /** The comment that invites to write below the section. */
  readonly hint: string;
  /** A file that somebody else wrote is kept under another name: what stands in it is run, or decides what is run. */
  readonly putsAside: boolean;
}

/** The frame of files of variables. */
export const VARIABLES: Frame = {
  start: '---\n',
  hint: '# Your custom variables below:',
  putsAside: false,
};
