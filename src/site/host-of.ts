import { AnklumeError, ExitCode } from '../base/messages/index.ts';
import type { Host } from '../base/system/index.ts';
import type { Daemon } from './daemon.ts';

/** The daemon's host. Throws `host-out-of-reach` (exit 4) when that is another machine. */
export function hostOf({ host, where }: Daemon): Host {
  if (host) return host;
  throw new AnklumeError({
    code: 'host-out-of-reach',
    exit: ExitCode.environment,
    message: {
      en: `The rules and the proof need the host of the daemon itself; ${where} is another machine.`,
      fr: `Les règles et la preuve ont besoin de l'hôte même du démon ; ${where} est une autre machine.`,
    },
    remedy: {
      en: 'Run the same command on that machine.',
      fr: 'Lancez la même commande sur cette machine.',
    },
  });
}

/** The host, unless it is a sandbox: that has the files of its machine and does not boot. */
export function bootHost(daemon: Daemon): Host {
  if (daemon.sandbox === undefined) return hostOf(daemon);
  throw new AnklumeError({
    code: 'boot-in-sandbox',
    exit: ExitCode.usage,
    message: {
      en: 'A sandbox ends with its machine: nothing of it comes back at boot.',
      fr: 'Un bac à sable prend fin avec sa machine : rien de lui ne revient au démarrage.',
    },
  });
}
