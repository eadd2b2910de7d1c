import { cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import {
  aptInstall,
  aptUpdate,
  cacheFolder,
  findProgram,
  productRoot,
} from '../../src/base/system/index.ts';
import { installRequirements } from '../../src/sandbox/index.ts';
import { buildProgram } from '../integration/build.ts';
import { ownFolder, staleFolders } from '../integration/stale.ts';
import { hostImage } from './host/build-host.ts';
import { type Machine, type MachineOptions, makeDisk, startMachine } from './host/machine.ts';
import { prepareHost } from './host/prepare.ts';
import { hostRecipe } from './host/recipe.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the emulated machine takes commands. */
    readonly commands: string;
  }
}

const PREFIX = 'anklume-emulated-';

/** One emulated host for all tests of a run. Whatever it needs is installed or built; what cannot be is a failure. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // What runs that were killed left behind; their machines ended with them.
  for (const stale of await staleFolders(PREFIX)) await rm(stale, { recursive: true });
  await install();
  const folder = await ownFolder(PREFIX);
  let machine: Machine | undefined;
  let ending = false;
  const teardown = async (): Promise<void> => {
    ending = true;
    await machine?.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await buildProgram();
    const share = join(folder, 'share');
    await fillShare(share);
    const image = await hostImage(hostRecipe);
    const common = { image, folder, share };
    const options = { ...common, disk: join(folder, 'disk.qcow2') };
    await makeDisk(options.disk, image, await preparedDisk(common));
    machine = await startMachine(options);
    project.provide('commands', machine.socket);
    // A restart begins with a fresh emulated processor, as it does with a real one.
    const startAgain = async (): Promise<void> => {
      if (ending) return;
      machine = await startMachine(options);
      void machine.off.then(startAgain);
    };
    void machine.off.then(startAgain);
  } catch (error) {
    await teardown();
    throw error;
  }
  return teardown;
}

async function install(): Promise<void> {
  await installRequirements({ assumeYes: true });
  const programs = ['qemu-system-x86_64', 'qemu-img', 'mkfs.ext4'];
  const found = await Promise.all(programs.map((program) => findProgram(program)));
  if (found.every(Boolean)) return;
  await aptUpdate();
  await aptInstall(['qemu-system-x86', 'qemu-utils', 'e2fsprogs']);
}

/** The program as people run it, with what it reads at run time. */
async function fillShare(share: string): Promise<void> {
  const product = join(share, 'anklume');
  await mkdir(product, { recursive: true });
  for (const name of ['package.json', 'dist', 'examples', 'src', 'schemas'])
    await cp(join(productRoot(), name), join(product, name), {
      recursive: true,
      filter: (path) => !path.endsWith('.ts') && !path.endsWith('.map'),
    });
}

/** The host's disk with Incus set up and the image imported, made once and kept in the cache. */
async function preparedDisk(options: Omit<MachineOptions, 'disk'>): Promise<string> {
  const path = join(cacheFolder(), 'emulated', options.image.name, 'prepared.qcow2');
  if (await stat(path).catch(() => undefined)) return path;
  const disk = `${path}.making`;
  await rm(disk, { force: true });
  await makeDisk(disk, options.image);
  const machine = await startMachine({ ...options, disk });
  try {
    await prepareHost(machine);
    await machine.off;
    await rename(disk, path);
  } finally {
    await machine.stop();
    await rm(disk, { force: true });
  }
  return path;
}
