import { readFile, writeFile } from 'node:fs/promises';

/**
 * Limits of the whole kernel that all unprivileged machines share, and the least that about 100 machines with
 * systemd need. Debian's incus-base sets the first at boot; a machine that has not booted since, or boots
 * without systemd, still has the kernel's 128, which about fifteen machines use up.
 */
const LEAST: Readonly<Record<string, number>> = {
  'fs/inotify/max_user_instances': 1024,
  'fs/inotify/max_queued_events': 16_384,
  'kernel/keys/maxkeys': 2000,
};

/** Raises what is lower, never lowers; a kernel that refuses keeps its own limit, and `doctor` tells. */
export async function raiseKernelLimits(folder = '/proc/sys'): Promise<void> {
  for (const [setting, least] of Object.entries(LEAST)) {
    const path = `${folder}/${setting}`;
    const now = Number(await readFile(path, 'utf8').catch(() => Number.NaN));
    if (now < least) await writeFile(path, `${least}\n`).catch(() => {});
  }
}
