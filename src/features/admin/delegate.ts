import { join } from 'node:path';
import type { Writable } from 'node:stream';
import type { Language } from '../../base/messages/index.ts';
import { type Incus, type ShellOptions, written } from '../../incus/index.ts';
import { HOME, type Setting, SOCKET } from './devices.ts';
import type { AdminPlace, InsidePaths } from './place.ts';

/** What a person's own environment says to the program inside. Locales may not exist there: only the language goes. */
const PASSED = ['NO_COLOR', 'TERM'];

/** Says inside that the host asked: what is about the host itself is then told there. */
export const FROM_HOST = 'ANKLUME_FROM_HOST';

export interface Delegated {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly language: Language;
  readonly stdin: ShellOptions['stdin'];
  readonly stdout: ShellOptions['stdout'] & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly signal: AbortSignal;
}

/**
 * Runs this program inside the admin container, with the same words, and gives its exit status. On a terminal the
 * keys go there too, Ctrl-C among them; otherwise the two streams stay apart and an interrupt is passed on.
 */
export async function delegate(
  incus: Incus,
  { project, instance }: AdminPlace,
  { paths, owner }: { readonly paths: InsidePaths; readonly owner: Setting['owner'] },
  { argv, cwd, env, language, stdin, stdout, stderr, signal }: Delegated,
): Promise<number> {
  const command = ['node', join(paths.product, 'dist/main.js'), ...argv];
  const options = {
    project,
    interrupt: signal,
    cwd,
    user: owner.uid,
    group: owner.gid,
    env: {
      ...passed(env),
      [FROM_HOST]: '1',
      ANKLUME_HOME: paths.history,
      ANKLUME_LANG: language,
      HOME,
      INCUS_SOCKET: SOCKET,
      LANG: 'C.UTF-8',
      // The owner has no entry among the users of the machine, and Ansible wants a name.
      USER: 'anklume',
    },
  };
  if (stdin.isTTY && stdout.isTTY && stderr.isTTY) {
    const code = await incus.instances.shell(instance, command, { ...options, stdin, stdout });
    stdin.destroy();
    return code;
  }
  const { code } = await incus.instances.exec(instance, command, {
    ...options,
    onStdout: (chunk) => written(stdout, chunk),
    onStderr: (chunk) => written(stderr, chunk),
  });
  return code;
}

function passed(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    PASSED.flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
