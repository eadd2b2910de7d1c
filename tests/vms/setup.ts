import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { aptInstall, aptUpdate, findProgram } from '../../src/base/system/index.ts';
import { buildDebian } from '../../src/images/debian/build.ts';
import { DISK_PACKAGES } from '../../src/images/debian-vm/disk-tools.ts';
import { debianVmRecipe } from '../../src/images/debian-vm/recipe.ts';
import { installRequirements } from '../../src/sandbox/index.ts';
import startSandboxOfTests from '../integration/setup.ts';
import { ownFolder, staleFolders } from '../integration/stale.ts';
import { vsockDevice } from './vsock-device.ts';

const SHIMS = fileURLToPath(new URL('shims', import.meta.url));

const PREFIX = 'anklume-vsock-';

/** What QEMU needs beside itself, and the packages that have it: another ring may have installed QEMU alone. */
const FILES = {
  '/usr/share/OVMF/OVMF_CODE_4M.fd': 'ovmf',
  '/usr/lib/x86_64-linux-gnu/qemu/ui-spice-core.so': 'qemu-system-modules-spice',
};

/** Programs that virtual machines and the making of their image need, and the packages that have them. */
const PACKAGES = {
  'qemu-system-x86_64': ['qemu-system-x86'],
  'qemu-img': ['qemu-utils'],
  mkisofs: ['genisoimage'],
  'ansible-playbook': ['ansible-core'],
};

/**
 * A sandbox in which Incus runs virtual machines, also where there is no KVM: QEMU emulates the processor, and what
 * the kernel lacks stands in `shims`.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await install();
  const recipe = debianVmRecipe('debian/13');
  if (!recipe) throw new Error('These tests boot machines of x86-64, and this machine is not one.');
  await buildDebian(recipe);
  for (const stale of await staleFolders(PREFIX)) await rm(stale, { recursive: true });
  const folder = await ownFolder(PREFIX);
  const env = {
    PATH: `${SHIMS}${delimiter}${process.env.PATH ?? ''}`,
    ANKLUME_VSOCK: folder,
    ANKLUME_VHOST_DEVICE: await vsockDevice(),
  };
  const before = process.env.PATH ?? '';
  Object.assign(process.env, env);
  const teardown = await startSandboxOfTests(project);
  process.env.PATH = before;
  return async () => {
    await teardown();
    await rm(folder, { recursive: true, force: true });
  };
}

async function install(): Promise<void> {
  await installRequirements({ assumeYes: true });
  const missing: string[] = [];
  for (const [program, packages] of Object.entries(PACKAGES))
    if (!(await findProgram(program))) missing.push(...packages);
  for (const [file, name] of Object.entries(FILES)) if (!existsSync(file)) missing.push(name);
  if (!(await findProgram('sgdisk')) || !(await findProgram('mcopy')))
    missing.push(...DISK_PACKAGES);
  if (missing.length === 0) return;
  await aptUpdate();
  await aptInstall(missing);
}
