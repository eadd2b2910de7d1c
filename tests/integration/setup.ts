import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { run } from '../../src/base/system/index.ts';
import { probeImage } from '../../src/images/index.ts';
import { deleteSandbox, startSandbox } from '../../src/sandbox/index.ts';
import { buildProgram } from './build.ts';
import { ownFolder, staleFolders } from './stale.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** ANKLUME_HOME of this run. */
    readonly home: string;
    /** Name of the shared sandbox. */
    readonly sandbox: string;
    readonly socket: string;
    readonly incusDir: string;
    readonly holder: number;
    /** Where the sandbox's process list is seen from the tests. */
    readonly proc: string;
  }
}

const PREFIX = 'anklume-test-';
const NAME = 'tests';

/** One sandbox with the probe image for all tests of a run; it is deleted afterwards, also after failures. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeStale();
  const home = await ownFolder(PREFIX);
  const teardown = async (): Promise<void> => {
    await inHome(home, () => deleteSandbox(NAME));
    await rm(home, { recursive: true, force: true });
  };
  try {
    const [sandbox] = await Promise.all([inHome(home, () => startSandbox(NAME)), buildProgram()]);
    await run(['incus', 'image', 'import', await probeImage(), '--alias', 'probe', '--quiet'], {
      env: { INCUS_DIR: sandbox.incusDir },
    });
    project.provide('home', home);
    project.provide('sandbox', NAME);
    project.provide('socket', sandbox.socket);
    project.provide('incusDir', sandbox.incusDir);
    project.provide('holder', sandbox.holder);
    project.provide('proc', sandbox.host.proc);
  } catch (error) {
    await teardown();
    throw error;
  }
  return teardown;
}

/** Sandboxes of test runs that were killed: their folder names the process that made them. */
async function removeStale(): Promise<void> {
  for (const home of await staleFolders(PREFIX)) {
    const sandboxes = await readdir(join(home, 'sandboxes')).catch(() => []);
    for (const sandbox of sandboxes) await inHome(home, () => deleteSandbox(sandbox));
    await rm(home, { recursive: true, force: true });
  }
}

/** Runs `work` with another home folder; its synchronous beginning, where places are worked out, sees it. */
async function inHome<T>(home: string, work: () => Promise<T>): Promise<T> {
  const before = process.env.ANKLUME_HOME;
  process.env.ANKLUME_HOME = home;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env.ANKLUME_HOME;
    else process.env.ANKLUME_HOME = before;
  }
}
