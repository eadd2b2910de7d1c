import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ANY_STATUS,
  cacheFolder,
  homeFolder,
  isThere,
  run,
  thisHost,
} from '../../../base/system/index.ts';
import { locateSocket } from '../../../incus/index.ts';
import { disableBoot, removeRules } from '../../../isolation/index.ts';
import type { Former } from '../ledger.ts';
import type { WorldChange } from '../step.ts';
import { firstMissing, removeMade } from './file.ts';
import type { Handler, Work } from './handler.ts';

/** Where the rules of the next boot stand. */
const BOOT = '/etc/anklume/nftables';

const BOOT_UNITS = ['anklume-steering.service', 'anklume-network.service'];

/** The machines of a project, by the same command that a person would type. */
export const world: Handler<WorldChange> = {
  async stands({ folder }) {
    if ((await locateSocket(process.env).catch(() => undefined)) === undefined) return false;
    return (await answer(['plan', '--exit-code'], folder)) && (await answer(['status'], folder));
  },
  async former(): Promise<Former> {
    const [home, cache, boot] = await Promise.all(
      [homeFolder(), cacheFolder(), BOOT].map((folder) => firstMissing(folder)),
    );
    return { ...(home && { home }), ...(cache && { cache }), ...(boot && { boot }) };
  },
  async carryOut({ folder }, _former, work) {
    await run([...work.program, 'up', '--yes', '--here', '-C', folder], {
      ...(work.signal && { signal: work.signal }),
    });
    return {};
  },
  async standing({ folder }) {
    return (await answer(['status'], folder)) ? 'kept' : 'changed';
  },
  async takeBack({ folder }, former, work) {
    // Its file is removed; what it has loaded goes below.
    for (const name of BOOT_UNITS)
      await run(['systemctl', 'stop', '--', name], { accept: [0, 1, 5] });
    await disableBoot(thisHost);
    await removeMade(join(BOOT, 'any'), { made: former.boot ?? null });
    if (work.purge) {
      if (await isThere(folder)) await flush(folder, work);
      for (const [path, made] of [
        [homeFolder(), former.home],
        [cacheFolder(), former.cache],
      ] as const)
        if (typeof made === 'string') {
          await rm(path, { recursive: true, force: true });
          await removeMade(path, { made });
        }
    }
    await removeRules(thisHost);
    return undefined;
  },
};

/** Whether a command of this program finds nothing to say against the project. */
async function answer(words: readonly string[], folder: string): Promise<boolean> {
  return (await run([...thisProgram(), ...words, '-C', folder], { accept: ANY_STATUS })).code === 0;
}

async function flush(folder: string, { program, signal }: Work): Promise<void> {
  const words = ['flush', '--force', '--yes', '-C', folder];
  await run([...program, ...words], { ...(signal && { signal }) });
}

export function thisProgram(): string[] {
  return [process.execPath, ...process.argv.slice(1, 2)];
}
