import type { Emit } from '../../base/messages/index.ts';
import { type BootFile, disableBoot, enableBoot, planBoot } from '../../isolation/index.ts';
import type { Daemon } from '../../site/index.ts';
import { bootHost, writeBootMark } from '../../site/index.ts';
import { holdMachines } from './boot-hold.ts';
import { bootRulesOf, type OwnRules } from './boot-rules.ts';

/** Files that loading these rules at boot would write; empty when they stand so already. */
export async function planBootWalls(own: OwnRules, daemon: Daemon): Promise<readonly BootFile[]> {
  const host = bootHost(daemon);
  return planBoot(await bootRulesOf(own, daemon), host);
}

/** Writes them and switches the service on. */
export async function enableBootWalls(own: OwnRules, daemon: Daemon): Promise<void> {
  const host = bootHost(daemon);
  await enableBoot(await bootRulesOf(own, daemon), host);
  await writeBootMark(daemon);
}

/** Takes them away, and holds the machines of the host before that. True when there was something. */
export async function disableBootWalls(daemon: Daemon, emit: Emit): Promise<boolean> {
  const host = bootHost(daemon);
  await holdMachines(daemon, emit);
  const changed = await disableBoot(host);
  await writeBootMark(daemon);
  return changed;
}
