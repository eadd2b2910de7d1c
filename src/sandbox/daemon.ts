import { readFile, readlink } from 'node:fs/promises';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnklumeError, ExitCode } from '../base/messages/index.ts';
import {
  findProgram,
  identify,
  isAlive,
  type ProcessIdentity,
  printable,
} from '../base/system/index.ts';
import { type Cgroup, processesIn } from './cgroup.ts';
import { insideOf, spawnInCgroup } from './holder.ts';
import { INCUS_DIR_INSIDE, type Places } from './places.ts';

/** Where distributions put the daemon, besides the PATH: Debian, and the project's own packages. */
export const DAEMON_FOLDERS = ['/usr/libexec/incus', '/opt/incus/bin', '/usr/lib/incus'];

/** The daemon's main process, told from its many helpers by the arguments that only we give. */
export async function findDaemon(
  cgroup: Cgroup,
  places: Places,
): Promise<ProcessIdentity | undefined> {
  for (const pid of await withItsWords(cgroup, places)) {
    // Of two that were started by two tools, one ends at once: it is not the one that is asked for.
    const identity = (await isHelper(pid)) ? undefined : await identify(pid);
    if (identity) return identity;
  }
  return undefined;
}

/** Processes whose program and arguments are the daemon's: itself, and what it has forked of itself. */
async function withItsWords(cgroup: Cgroup, places: Places): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await processesIn(cgroup.inner)) {
    const untrustedWords = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const [program = '', ...words] = untrustedWords.split('\0');
    // The 'nsenter' that started it has the same last words and is not it.
    if (program.endsWith('incusd') && words.includes('--logfile') && words.includes(places.log))
      found.push(pid);
  }
  return found;
}

/**
 * For each disk that it shows under other owners, the daemon forks itself into a user namespace of its own. This fork
 * stops and waits to be killed: for ever, where the daemon is killed first. It keeps the daemon's socket open, on which
 * nobody answers.
 */
async function isHelper(pid: number): Promise<boolean> {
  const [its, ours] = await Promise.all([userNamespace(pid), userNamespace('self')]);
  return its !== '' && its !== ours;
}

/** Empty where it cannot be told, as of a process that is gone by now. */
function userNamespace(pid: number | 'self'): Promise<string> {
  return readlink(`/proc/${pid}/ns/user`).catch(() => '');
}

/**
 * The servers of bridges. One that the daemon had not noted yet when it was killed holds the bridge's address for ever,
 * and the next daemon cannot bring the bridge up; all others it starts anew.
 */
async function bridgeServers(cgroup: Cgroup): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await processesIn(cgroup.inner)) {
    const untrustedWords = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const [program = '', ...words] = untrustedWords.split('\0');
    const ofBridge = words.some((word) => word.includes(`${INCUS_DIR_INSIDE}/networks/`));
    if (program.endsWith('dnsmasq') && ofBridge) found.push(pid);
  }
  return found;
}

/** Ends what a killed daemon left and the next one would stumble over. */
async function endHelpers(cgroup: Cgroup, places: Places): Promise<void> {
  const forks = [];
  for (const pid of await withItsWords(cgroup, places)) if (await isHelper(pid)) forks.push(pid);
  for (const pid of [...forks, ...(await bridgeServers(cgroup))]) {
    const identity = await identify(pid);
    if (!identity || !(await isAlive(identity))) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

/** Milliseconds for the daemon to answer: half a second when idle; a loaded machine with many machines to resume takes longer. */
const READY_LIMIT = 60_000;

/** Starts the daemon in the sandbox unless it runs already, and waits until it is fully up. */
export async function startDaemon(
  cgroup: Cgroup,
  places: Places,
  holder: number,
  signal?: AbortSignal,
): Promise<void> {
  let ours = !(await findDaemon(cgroup, places));
  if (ours) await launch(cgroup, places, holder);
  const deadline = performance.now() + READY_LIMIT;
  let seen = false;
  while (!(await isReady(places.socket))) {
    signal?.throwIfAborted();
    const alive = await findDaemon(cgroup, places);
    if (!alive && !ours) {
      // The one that was found was about to end.
      ours = true;
      await launch(cgroup, places, holder);
      continue;
    }
    seen ||= ours && alive !== undefined;
    const startedLongAgo = performance.now() > deadline - READY_LIMIT + 3000;
    if ((!alive && (seen || startedLongAgo)) || performance.now() > deadline)
      throw await notReady(places);
    await sleep(20);
  }
}

async function launch(cgroup: Cgroup, places: Places, holder: number): Promise<void> {
  // One on the PATH is somebody's choice.
  const program = (await findProgram('incusd')) ?? (await findProgram('incusd', DAEMON_FOLDERS));
  if (program === undefined) throw daemonMissing();
  await endHelpers(cgroup, places);
  const argv = [...insideOf(holder).enter, program, '--group', 'root', '--logfile', places.log];
  await spawnInCgroup(cgroup.inner, argv, {
    INCUS_DIR: INCUS_DIR_INSIDE,
    // Somebody's choice of another daemon; this one would take it for its own door.
    INCUS_SOCKET: '',
    // Its profiles would be loaded into the host's kernel and stay there.
    INCUS_SECURITY_APPARMOR: 'false',
    PATH: `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin`,
  });
}

/** Whether a daemon answers on the socket and has finished starting. */
function isReady(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(
      { socketPath, path: '/internal/ready', timeout: 5000, agent: false },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      },
    );
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.end();
  });
}

function daemonMissing(): AnklumeError {
  return new AnklumeError({
    code: 'requirements-missing',
    exit: ExitCode.environment,
    message: {
      en: "The Incus daemon ('incusd') is not installed.",
      fr: "Le démon Incus (« incusd ») n'est pas installé.",
    },
    remedy: {
      en: "Install Debian's package incus-base, or Incus from your distribution.",
      fr: 'Installez le paquet incus-base de Debian, ou Incus depuis votre distribution.',
    },
  });
}

async function notReady(places: Places): Promise<AnklumeError> {
  const untrustedLog = await readFile(places.log, 'utf8').catch(() => '');
  const lastLines = printable(untrustedLog.trim().split('\n').slice(-5).join('\n'));
  return new AnklumeError({
    code: 'sandbox-daemon',
    exit: ExitCode.environment,
    message: {
      en: `The sandbox's daemon did not start. Its last words: ${lastLines || 'none'}`,
      fr: `Le démon du bac à sable n'a pas démarré. Ses derniers mots : ${lastLines || 'aucun'}`,
    },
    remedy: {
      en: `Its whole log is ${places.log}.`,
      fr: `Son journal complet est ${places.log}.`,
    },
  });
}
