import { join } from 'node:path';
import { AnklumeError, type Emit, ExitCode, type Text } from '../base/messages/index.ts';
import { type Host, thisHost } from '../base/system/index.ts';
import { connect, type Incus, locateSocket } from '../incus/index.ts';
import {
  installRequirements,
  listSandboxes,
  runningSandbox,
  type Sandbox,
  sandboxOfSocket,
  startSandbox,
  statusOf,
} from '../sandbox/index.ts';
import type { NestingContext } from '../world/infra/index.ts';
import { ownNesting, parentNesting } from './nesting.ts';
import { noSuchSandbox } from './no-such-sandbox.ts';
import type { ProjectChoice } from './project.ts';
import { isRemembered, type Remembered, rememberedDaemon } from './remembered.ts';
import { runsHere } from './runs-here.ts';

/** Which daemon the reader asked for; nothing means the one of this machine. */
export interface DaemonChoice {
  readonly socket?: string | undefined;
  readonly remote?: string | undefined;
  /** Name of an embedded sandbox; it is started when it does not run. */
  readonly sandbox?: string | undefined;
}

/** A daemon to work with, and the host it runs on where that can be reached. */
export interface Daemon extends AsyncDisposable {
  readonly incus: Incus;
  /** How other programs reach it. */
  readonly reach: PlainTarget;
  /** Absent for a remote: neither rules nor probes can be sent from here. */
  readonly host?: Host;
  readonly sandbox?: string;
  /** How it was chosen: by a flag or the environment, by what the project's folder remembers, or as the usual one. */
  readonly chosen: 'named' | 'remembered' | 'usual';
  /** The flag by which it was named, where commands without it would reach another. */
  readonly flag?: string;
  /**
   * Where that host stands among hosts inside hosts; undefined where nobody can tell. Found out when it is first asked
   * for, as a program has to run for it. Throws `nesting-context` (exit 2) when a file of it is wrong.
   */
  readonly nesting: () => Promise<NestingContext | undefined>;
  /** Names the daemon for messages and for the lock that keeps two applies apart. */
  readonly where: string;
}

export interface DaemonOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly emit?: Emit;
  readonly signal?: AbortSignal;
  /** Installs without a question what a sandbox needs and this machine lacks. */
  readonly assumeYes?: boolean;
  /** Asks the person at the terminal; absent where nobody can answer. */
  readonly ask?: (question: Text) => Promise<boolean>;
  /** Whose remembered daemon counts where none is named; absent for commands that are about no project. */
  readonly place?: Pick<ProjectChoice, 'cwd' | 'infra'>;
  /** The command makes things, and with them a sandbox that does not exist yet; any other refuses such a name. */
  readonly makes?: boolean;
  /** Called once a daemon is open. */
  readonly onOpen?: (daemon: Daemon) => void;
}

/**
 * Opens the daemon that was asked for, starting the sandbox if it is one. Throws `no-such-sandbox` (exit 2) for one that
 * does not exist, unless the command makes things.
 */
export async function openDaemon(choice: DaemonChoice, options: DaemonOptions): Promise<Daemon> {
  const target = await targetOf(choice, options);
  return opened(options, target, async () => {
    if (!('sandbox' in target.to)) return openTarget(target.to);
    const running = await runningSandbox(target.to.sandbox);
    return sandboxDaemon(running ?? (await startedSandbox(target.to.sandbox, options)));
  });
}

/** The same where that starts nothing; undefined for a sandbox that does not run. */
export async function openIfRunning(
  choice: DaemonChoice,
  options: DaemonOptions,
): Promise<Daemon | undefined> {
  const target = await targetOf(choice, options);
  const { to } = target;
  if (!('sandbox' in to)) return opened(options, target, () => openTarget(to));
  const running = await runningSandbox(to.sandbox);
  return running && opened(options, target, () => sandboxDaemon(running));
}

type PlainTarget = Exclude<Remembered, { sandbox: string }>;

interface Target {
  readonly to: Remembered;
  readonly chosen: Daemon['chosen'];
  readonly flag?: string;
}

async function opened(
  { onOpen }: DaemonOptions,
  { chosen, flag }: Target,
  open: () => Promise<OpenDaemon>,
): Promise<Daemon> {
  const daemon = { ...(await open()), chosen, ...(flag !== undefined && { flag }) };
  onOpen?.(daemon);
  return daemon;
}

/** A flag counts most, then the environment, then what the project's folder remembers. */
async function targetOf(
  choice: DaemonChoice,
  { env = process.env, place }: DaemonOptions,
): Promise<Target> {
  const given = (['socket', 'remote', 'sandbox'] as const).filter((key) => choice[key]);
  if (given.length > 1) throw twoDaemons(given);
  if (choice.sandbox) return named({ sandbox: choice.sandbox }, place);
  if (choice.remote) return named({ remote: choice.remote }, place);
  const isNamed = choice.socket || env.INCUS_SOCKET || env.INCUS_DIR;
  const remembered = place && !isNamed ? await rememberedDaemon(place) : undefined;
  if (remembered && !('socket' in remembered)) return { to: remembered, chosen: 'remembered' };
  const socket = await locateSocket(env, remembered?.socket ?? choice.socket);
  const sandbox = await sandboxOfSocket(socket);
  if (choice.socket) return named(sandbox ? { sandbox } : { socket }, place);
  const chosen = remembered ? 'remembered' : isNamed ? 'named' : 'usual';
  return { to: sandbox ? { sandbox } : { socket }, chosen };
}

/** One that a flag names. */
async function named(to: Remembered, place: DaemonOptions['place']): Promise<Target> {
  if (place && (await isRemembered(place, to))) return { to, chosen: 'named' };
  const [name = '', value = ''] = Object.entries(to)[0] ?? [];
  return { to, chosen: 'named', flag: `--${name}=${value}` };
}

type OpenDaemon = Omit<Daemon, 'chosen' | 'flag'>;

async function openTarget(target: PlainTarget): Promise<OpenDaemon> {
  const incus = await connect(target);
  try {
    if ('remote' in target) return daemonOf(incus, target, { nesting: async () => undefined });
    if (await runsHere(incus, target.socket))
      return daemonOf(incus, target, { host: thisHost, nesting: ownNesting });
    return daemonOf(incus, target, { nesting: parentNesting });
  } catch (error) {
    await incus.close();
    throw error;
  }
}

async function sandboxDaemon({ socket, host, name, folder }: Sandbox): Promise<OpenDaemon> {
  const target = { socket };
  const incus = await connect({ ...target, remedy: anewOf(name, folder) });
  return daemonOf(incus, target, { host, sandbox: name, nesting: ownNesting });
}

/** The daemon of a sandbox is nobody's service: the next command starts it. */
function anewOf(name: string, folder: string): Text {
  const log = join(folder, 'incusd.log');
  return {
    en: `Run the same command again: it starts the sandbox '${name}' anew. What its daemon said last is in ${log}.`,
    fr: `Relancez la même commande : elle redémarre le bac à sable « ${name} ». Ce que son démon a dit en dernier est dans ${log}.`,
  };
}

async function startedSandbox(name: string, options: DaemonOptions): Promise<Sandbox> {
  const { emit, signal } = options;
  // One that runs already is not worth a word.
  const known = await statusOf(name);
  if (!known && !options.makes)
    throw noSuchSandbox(
      name,
      (await listSandboxes()).map((one) => one.name),
    );
  const running = known?.running ?? false;
  if (!running) await installRequirements(options);
  return startSandbox(name, { ...(emit && !running && { emit }), ...(signal && { signal }) });
}

function daemonOf(
  incus: Incus,
  reach: PlainTarget,
  more: Pick<Daemon, 'host' | 'sandbox' | 'nesting'>,
): OpenDaemon {
  return { incus, reach, where: incus.where, ...more, [Symbol.asyncDispose]: () => incus.close() };
}

function twoDaemons(named: readonly string[]): AnklumeError {
  const flags = named.map((key) => `--${key}`);
  return new AnklumeError({
    code: 'two-daemons',
    exit: ExitCode.usage,
    message: {
      en: `${flags.join(' and ')} name different daemons.`,
      fr: `${flags.join(' et ')} désignent des démons différents.`,
    },
    remedy: { en: 'Give one of them.', fr: "N'en donnez qu'un." },
  });
}
