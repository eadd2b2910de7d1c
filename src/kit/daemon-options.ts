import type { Daemon, DaemonOptions } from '../site/index.ts';
import { asker } from './ask.ts';
import type { Session } from './session.ts';

interface DaemonFlagValues {
  readonly yes?: boolean;
  readonly infra?: string | undefined;
}

/** How a command opens its daemon: with its listener and signal, and with somebody to ask where there is one. */
export function daemonOptions(session: Session, flags: DaemonFlagValues): DaemonOptions {
  const onOpen = ({ sandbox, reach, chosen, flag }: Daemon) =>
    session.worksOn({ ...(sandbox === undefined ? reach : { sandbox }), chosen }, flag);
  return { ...silentDaemonOptions(session, flags), onOpen };
}

/** The same for commands that pass on the output of another program: nothing is said about the daemon then. */
export function silentDaemonOptions(session: Session, flags: DaemonFlagValues): DaemonOptions {
  const { env, emit, signal, cwd } = session;
  const ask = asker(session);
  const place = { cwd, infra: flags.infra };
  const onOpen = ({ flag }: Daemon) => session.worksOn(undefined, flag);
  return { env, emit, signal, place, onOpen, assumeYes: flags.yes ?? false, ...(ask && { ask }) };
}
