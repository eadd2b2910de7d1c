import { daemonOptions } from '../../../kit/daemon-options.ts';
import type { Session } from '../../../kit/session.ts';
import { showWorld } from '../../../kit/show-problems.ts';
import type { DaemonChoice, Site } from '../../../site/index.ts';

interface Flags extends DaemonChoice {
  readonly infra: string | undefined;
  readonly yes: boolean;
}

/** The project and its daemon, held for one command. */
export async function holdSite(session: Session, flags: Flags, lock: string): Promise<Site> {
  const { openSite } = await import('../../../site/index.ts');
  return openSite({ cwd: session.cwd, infra: flags.infra }, flags, {
    ...daemonOptions(session, flags),
    lock,
    look: false,
    onWorld: (found) => showWorld(session, found),
  });
}
