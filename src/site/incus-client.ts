import { AnklumeError, ExitCode } from '../base/messages/index.ts';
import { scopeOf } from '../engine/index.ts';
import type { Daemon } from './daemon.ts';
import type { ProjectChoice } from './project.ts';
import { openWorld } from './world.ts';

/**
 * The Incus project that words for the incus client are about: that of a domain, else that of the first declared
 * machine among the words; undefined for the daemon's own default. Throws `unknown-limit` (exit 2).
 */
export async function projectOfWords(
  place: Pick<ProjectChoice, 'cwd' | 'infra'>,
  domain: string | undefined,
  words: readonly string[],
): Promise<string | undefined> {
  const world = await openWorld(place).catch((error: unknown) => {
    // Outside a project the client still has a daemon to speak to.
    if (domain === undefined && error instanceof AnklumeError) return undefined;
    throw error;
  });
  if (!world) return undefined;
  const { domains } = world.desired;
  if (domain !== undefined) return scopeOf(world.desired, domain).domains[0]?.project;
  const machines = new Map(
    domains.flatMap(({ project, machines }) =>
      machines.map(({ instance }) => [instance, project] as const),
    ),
  );
  const named = words
    .map((word) => /^[^/:=]+/.exec(word)?.[0] ?? '')
    .find((one) => machines.has(one));
  return named === undefined ? undefined : machines.get(named);
}

/** Environment in which the incus client speaks to this daemon and, unless it is told otherwise, in this project. */
export function clientEnv(
  { reach }: Pick<Daemon, 'reach'>,
  project: string | undefined,
): Record<string, string> {
  return {
    ...('socket' in reach ? { INCUS_SOCKET: reach.socket } : { INCUS_REMOTE: reach.remote }),
    ...(project !== undefined && { INCUS_PROJECT: project }),
  };
}

/** For a client that could not be started: says which package brings it. */
export function clientMissing(cause: unknown): never {
  throw new AnklumeError({
    code: 'incus-client-missing',
    exit: ExitCode.environment,
    cause,
    message: {
      en: 'The incus client is not installed.',
      fr: "Le client incus n'est pas installé.",
    },
    remedy: {
      en: "'apt install incus-client' brings it (Debian 12: from bookworm-backports).",
      fr: "« apt install incus-client » l'installe (Debian 12 : depuis bookworm-backports).",
    },
  });
}
