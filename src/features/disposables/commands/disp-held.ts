import type { Ending, Session } from '../../../kit/session.ts';
import type { Daemon } from '../../../site/index.ts';
import { endOf } from '../../instances/commands/instance-exec.ts';
import type { Held } from '../hold.ts';
import type { DispFlags, Wish } from './disp-flags.ts';

/** A machine for this command, with a process beside it that removes it should this one be killed. */
export async function holdOne(
  session: Session,
  flags: DispFlags,
  { incus, host, reach }: Daemon,
  { home, image }: Wish,
): Promise<Held> {
  const { hold } = await import('../hold.ts');
  const { startDetached } = await import('../../../base/system/index.ts');
  const { emit, signal } = session;
  const watcher = (token: string, refill: number | undefined): string[] => [
    ...[process.execPath, ...process.execArgv, process.argv[1] ?? ''],
    ...['disp', 'delete', '--after', token],
    ...('socket' in reach ? ['--socket', reach.socket] : ['--remote', reach.remote]),
    ...(refill === undefined ? [] : ['--refill', String(refill), '--image', image]),
    ...(refill !== undefined && home.domain ? ['--domain', home.domain.name] : []),
    ...(flags.infra === undefined ? [] : ['--infra', flags.infra]),
  ];
  return hold(incus, {
    home,
    image,
    emit,
    signal,
    ...(host && { host }),
    watch: (token, refill) => startDetached(watcher(token, refill), session.cwd),
  });
}

/** The machine in the form in which commands are run in machines. */
function placeOf({ machine }: Held, { home }: Wish) {
  const { domain } = home;
  return {
    domain: domain?.name ?? '',
    ...(domain?.trustLevel !== undefined && { trust: domain.trustLevel }),
    machine: machine.name,
    instance: machine.name,
    project: machine.project,
    protected: false,
  };
}

/** Seconds that a fresh machine may take to get its address before a command runs in it. */
const NETWORK_PATIENCE = 10;

/** A command that is run in a domain expects its network. */
async function whenOnline(
  { emit, signal }: Session,
  { incus }: Daemon,
  { machine, fromPool }: Held,
  { home }: Wish,
): Promise<void> {
  if (!home.domain || fromPool) return;
  const { waitForNetwork } = await import('../wait.ts');
  if (await waitForNetwork(incus, machine, NETWORK_PATIENCE, signal)) return;
  emit({
    type: 'note',
    level: 'warning',
    code: 'no-address-yet',
    text: {
      en: `${machine.name} has no address after ${NETWORK_PATIENCE} s; the command runs without one.`,
      fr: `${machine.name} n'a pas d'adresse après ${NETWORK_PATIENCE} s ; la commande s'exécute sans.`,
    },
  });
}

/** How a command is run in a machine that is held. */
export interface HeldRun {
  readonly held: Held;
  readonly wish: Wish;
  readonly choice: { readonly user?: number; readonly cwd?: string };
  /** It gets a terminal where this is one. */
  readonly terminal?: boolean;
  /** False: its standard input is empty. */
  readonly stdin?: boolean;
}

/** Runs a command with our streams, or with a terminal where one is wanted and there. */
export async function runHeld(
  session: Session,
  daemon: Daemon,
  { held, wish, choice, terminal = false, stdin: heard = true }: HeldRun,
  words: readonly (string | undefined)[],
): Promise<Ending> {
  const { runIn, runInTerminal } = await import('../../instances/index.ts');
  await whenOnline(session, daemon, held, wish);
  session.settle();
  const { stdin, stdout, stderr } = process;
  const { signal, env } = session;
  const argv = words.filter((one) => one !== undefined);
  const place = placeOf(held, wish);
  const options = { ...choice, signal };
  try {
    if (terminal && stdin.isTTY && stdout.isTTY) {
      const TERM = env.TERM ?? 'linux';
      const more = { ...options, env: { TERM }, stdin, stdout };
      return endOf(session, await runInTerminal(daemon.incus, place, argv, more));
    }
    const fed = heard && !stdin.isTTY;
    // The machine goes with its command, so nothing of the command outlives the shell that `whole` puts around it.
    const streams = { ...options, ...(fed && { stdin }), stdout, stderr, whole: true };
    return endOf(session, await runIn(daemon.incus, place, argv, streams));
  } finally {
    stdin.destroy();
  }
}
