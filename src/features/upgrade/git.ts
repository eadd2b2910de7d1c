import { run } from '../../base/system/index.ts';

/** Paths are names and no patterns; nobody is there to be asked for a password. */
const literal = ['--literal-pathspecs'];
const env = { GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };

/** What git prints. Throws `program-failed` with its last words. */
export async function git(root: string, ...args: readonly string[]): Promise<string> {
  return (await run(['git', ...literal, '-C', root, ...args], { env })).stdout;
}

/** The same with another list of what is followed than the user's own, and text for standard input. */
export async function gitAside(
  root: string,
  index: string,
  args: readonly string[],
  input = '',
): Promise<string> {
  const argv = ['git', ...literal, '-C', root, ...args];
  return (await run(argv, { env: { ...env, GIT_INDEX_FILE: index }, input })).stdout;
}

/** The same for a question, trimmed; undefined where the answer is no. */
export async function ask(root: string, ...args: readonly string[]): Promise<string | undefined> {
  const argv = ['git', ...literal, '-C', root, ...args];
  const { code, stdout } = await run(argv, { env, accept: [0, 1, 2, 128] });
  return code === 0 ? stdout.trim() : undefined;
}
