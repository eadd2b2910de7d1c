import { resolve } from 'node:path';
import { kebab } from '../../base/system/index.ts';
import { daemonOptions } from '../../kit/daemon-options.ts';
import type { Ending, Session } from '../../kit/session.ts';

/** Flags that say where to work, which the delegation itself has settled. */
const SETTLED = ['directory', 'infra', 'socket', 'remote', 'sandbox', 'sync', 'here'];

interface Place {
  readonly infra?: string | undefined;
  readonly socket?: string | undefined;
  readonly remote?: string | undefined;
  readonly sandbox?: string | undefined;
}

/**
 * Runs `apply` in the project's admin container where there is one, and gives how it ended; undefined where it is
 * to run here. What it writes there goes straight through.
 */
export async function delegated(
  session: Session,
  flags: Place & object,
  phase: string | undefined,
): Promise<Ending> {
  const { runInAdmin } = await import('../admin/index.ts');
  const { staleRules } = await import('../network/index.ts');
  const { onOpen } = daemonOptions(session, flags);
  const infra = flags.infra === undefined ? [] : ['--infra', resolve(session.cwd, flags.infra)];
  const words = [...(phase === undefined ? [] : [phase]), ...infra, ...wordsOf(flags)];
  const { env, emit, language, signal, cwd } = session;
  const { stdin, stdout, stderr } = process;
  session.settle();
  const status = await runInAdmin({ cwd, infra: flags.infra }, flags, {
    ...{ argv: ['apply', ...words], env, emit, language, signal, stdin, stdout, stderr },
    ...(onOpen && { onOpen }),
    // The rules that are loaded can be seen from the host alone.
    afterwards: staleRules,
  });
  return status === undefined ? undefined : { status };
}

/** Flags as one would type them. */
export function wordsOf(flags: object): string[] {
  return Object.entries(flags).flatMap(([name, value]: [string, unknown]) => {
    const word = `--${kebab(name)}`;
    if (SETTLED.includes(name) || value === undefined || value === false) return [];
    if (value === true) return [word];
    if (Array.isArray(value)) return value.length > 0 ? [word, value.map(String).join(',')] : [];
    return [word, String(value)];
  });
}
