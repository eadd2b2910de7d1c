import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Emit, silent, step, verbatim } from '../../base/messages/index.ts';
import { cloneRoot, findProgram, printable, run } from '../../base/system/index.ts';
import { LINTERS, type Linter, type SourceFile } from './linters.ts';

/** What one linter said of the repository. */
export interface LintResult {
  readonly linter: string;
  /** `missing`: it is not installed; the Debian package that has it is named. */
  readonly state: 'clean' | 'faults' | 'missing';
  readonly package?: string;
  /** Its own words, with the names of files. */
  readonly output: string;
}

/** Milliseconds for one linter on a busy machine. */
const LIMIT = 15 * 60_000;

/** Runs every linter that is installed over the whole repository, all of them whatever they find. */
export async function runLinters(
  options: { readonly emit?: Emit; readonly signal?: AbortSignal } = {},
): Promise<LintResult[]> {
  const root = cloneRoot();
  const files = await sourceFiles(root);
  const results: LintResult[] = [];
  for (const linter of LINTERS) results.push(await runLinter(linter, root, files, options));
  return results;
}

async function runLinter(
  linter: Linter,
  root: string,
  files: readonly SourceFile[],
  { emit = silent, signal }: { readonly emit?: Emit; readonly signal?: AbortSignal },
): Promise<LintResult> {
  const { name } = linter;
  const program = await findProgram(name, [join(root, 'node_modules', '.bin')]);
  if (!program) return { linter: name, state: 'missing', output: '', ...packageOf(linter) };
  const id = `lint:${name}`;
  return step(emit, { id, label: verbatim(name) }, async () => {
    const said: string[] = [];
    for (const args of linter.calls(files)) {
      const { code, stdout, stderr } = await run([program, ...args], {
        cwd: root,
        timeout: LIMIT,
        accept: Array.from({ length: 255 }, (_, at) => at),
        env: { LC_ALL: 'C.UTF-8', NO_COLOR: '1' },
        ...(signal && { signal }),
      });
      if (code !== 0) said.push(printable(`${stdout}\n${stderr}`).trim());
    }
    const output = said.join('\n');
    return { linter: name, state: said.length > 0 ? 'faults' : 'clean', output };
  });
}

function packageOf(linter: Linter): { package?: string } {
  return linter.package === undefined ? {} : { package: linter.package };
}

/** Every file that git knows or would add, with its first line where that may name an interpreter. */
async function sourceFiles(root: string): Promise<SourceFile[]> {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { stdout } = await run(['git', '-C', root, ...list]);
  const paths = [...new Set(stdout.split('\0').filter(Boolean))];
  const files = await Promise.all(
    paths.map(async (path) => ({ path, first: await first(root, path) })),
  );
  return files.filter((file): file is SourceFile => file.first !== undefined);
}

/** The first line; undefined for what is listed but gone. */
async function first(root: string, path: string): Promise<string | undefined> {
  try {
    await using file = await open(join(root, path));
    const { buffer, bytesRead } = await file.read(Buffer.alloc(100), 0, 100, 0);
    return buffer.subarray(0, bytesRead).toString('latin1').split('\n')[0] ?? '';
  } catch {
    return undefined;
  }
}
