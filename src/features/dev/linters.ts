/** A file of the repository. */
export interface SourceFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly first: string;
}

/** A program that finds faults in files. */
export interface Linter {
  /** The program's name. */
  readonly name: string;
  /** Debian's package; absent for what the development dependencies bring. */
  readonly package?: string;
  /** Arguments of each call; none where there is nothing for it to read. */
  readonly calls: (files: readonly SourceFile[]) => readonly (readonly string[])[];
}

/** What yamllint expects: its own defaults, without opinions on line lengths and where a document starts. */
const YAML_RULES = `extends: default
rules:
  braces: {max-spaces-inside: 1}
  comments: {min-spaces-from-content: 1}
  comments-indentation: disable
  document-start: disable
  line-length: disable
  truthy: {check-keys: false}
`;

/** What is merely remarkable, such as quotes that keep a `$` on purpose, is no fault. */
const SHELL_RULES = ['--color=never', '--severity=warning'];

/** Files that are wrong on purpose: the examples of the error messages. */
const WRONG_ON_PURPOSE = 'tests/gallery/';

export const LINTERS: readonly Linter[] = [
  { name: 'biome', calls: () => [['check', '--error-on-warnings', '--colors=off', '.']] },
  { name: 'tsc', calls: () => [['--noEmit', '--pretty', 'false']] },
  {
    name: 'shellcheck',
    package: 'shellcheck',
    calls: (files) => {
      const scripts = files.filter(isShell);
      const named = scripts.filter(({ first }) => first.startsWith('#!'));
      // Parts that another program reads out loud say nothing of their shell.
      const parts = scripts.filter(({ first }) => !first.startsWith('#!'));
      return [
        withPaths(SHELL_RULES, named),
        withPaths([...SHELL_RULES, '--shell=sh'], parts),
      ].flat();
    },
  },
  {
    name: 'ansible-lint',
    package: 'ansible-lint',
    calls: (files) =>
      files.some(({ path }) => path.startsWith('roles/'))
        ? [['--offline', '--nocolor', '--profile', 'production', 'roles']]
        : [],
  },
  {
    name: 'yamllint',
    package: 'yamllint',
    calls: (files) => withPaths(['--format', 'parsable', '-d', YAML_RULES], files.filter(isYaml)),
  },
];

function isShell({ path, first }: SourceFile): boolean {
  return path.endsWith('.sh') || /^#!.*\b(sh|bash|dash)\b/.test(first);
}

function isYaml({ path }: SourceFile): boolean {
  return /\.ya?ml$/.test(path) && !path.startsWith(WRONG_ON_PURPOSE);
}

/** One call for all files, or none for no file. A path never reads as an option. */
function withPaths(args: readonly string[], files: readonly SourceFile[]): string[][] {
  return files.length === 0 ? [] : [[...args, '--', ...files.map(({ path }) => path)]];
}
