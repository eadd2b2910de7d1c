import { AnklumeError, ExitCode } from '../messages/index.ts';
import { type BootFile, disableBoot, enableBoot, planBoot } from '../network/index.ts';
import type { Host } from '../system/index.ts';
import type { Daemon } from './daemon.ts';
import { bootRulesOf, hostOf } from './walls.ts';

/** Files that loading these rules at boot would write; empty when they stand so already. */
export function planBootWalls(text: string, daemon: Daemon): Promise<readonly BootFile[]> {
  return planBoot(bootRulesOf(text), bootHost(daemon));
}

/** Writes them and switches the service on. */
export function enableBootWalls(text: string, daemon: Daemon): Promise<void> {
  return enableBoot(bootRulesOf(text), bootHost(daemon));
}

/** Takes them away. True when there was something. */
export function disableBootWalls(daemon: Daemon): Promise<boolean> {
  return disableBoot(bootHost(daemon));
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
