import type { DaemonOptions } from '../../up/index.ts';
import { asker } from './ask.ts';
import type { Session } from './session.ts';

/** How a command opens its daemon: with its listener and signal, and with somebody to ask where there is one. */
export function daemonOptions(session: Session, flags: { readonly yes?: boolean }): DaemonOptions {
  const { env, emit, signal } = session;
  const ask = asker(session);
  return { env, emit, signal, assumeYes: flags.yes ?? false, ...(ask && { ask }) };
}
