import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Emit, Language } from '../../base/messages/index.ts';
import { homeFolder, readIfExists, writeAtomic } from '../../base/system/index.ts';
import { deleteSandbox } from '../../sandbox/index.ts';
import type { Daemon } from '../../site/index.ts';
import { openProject, readWorld } from '../../site/index.ts';
import type { Desired } from '../../world/tree/index.ts';
import { type Applying, bringUp, syncProject, type UpReport } from '../apply/index.ts';
import { newProject } from './new-project.ts';

/** Name of the sandbox of the demonstration. */
export const DEMO_SANDBOX = 'demo';

interface Listening {
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Where the demonstration keeps its project. */
function demoFolder(): string {
  return join(homeFolder(), 'demo');
}

/** The folder of the demonstration's project, made from the example on the first run and left alone afterwards. */
export async function prepareDemo(
  language: Language,
  folder: string = demoFolder(),
): Promise<string> {
  if (!(await readIfExists(join(folder, 'infra.yml'))))
    await newProject(folder, language, 'pro-workstation');
  return folder;
}

/** Removes the machines, the sandbox and the project of the demonstration. */
export async function deleteDemo(listening: Listening): Promise<void> {
  await deleteSandbox(DEMO_SANDBOX, listening);
  await rm(demoFolder(), { recursive: true, force: true });
}

/** Brings the demonstration up on its daemon. A GPU that the host lacks is left out, as a user would do it. */
export async function runDemo(
  daemon: Daemon,
  listening: Applying,
  folder: string = demoFolder(),
): Promise<UpReport> {
  const project = await openProject({ cwd: folder });
  await syncProject(project);
  const { gpu } = await daemon.incus.resources({ signal: listening.signal });
  if (gpu.total === 0) await leaveOutGpu(folder);
  return bringUp(project, daemon, {}, listening);
}

/** Writes a user's own line, which wins over the managed section, for each machine that asks for a GPU. */
async function leaveOutGpu(root: string): Promise<void> {
  const { desired } = await readWorld(root);
  for (const { name, profiles } of machinesWithGpu(desired)) {
    const path = join(root, 'host_vars', `${name}.yml`);
    const text = await readFile(path, 'utf8');
    const line = `instance_profiles: [${profiles.join(', ')}]`;
    const reason = '# This host has no GPU; remove these lines when it has one.';
    await writeAtomic(path, `${text.trimEnd()}\n${reason}\n${line}\ninstance_gpu: false\n`);
  }
}

/** Machines that ask for a GPU, with the profiles that do not. */
export function machinesWithGpu(desired: Desired): { name: string; profiles: string[] }[] {
  return desired.domains.flatMap((domain) => {
    const gpuProfiles = new Set(
      domain.profiles
        .filter(({ devices }) => Object.values(devices).some((device) => device.type === 'gpu'))
        .map(({ name }) => name),
    );
    return domain.machines
      .filter((machine) => machine.gpu || machine.profiles.some((name) => gpuProfiles.has(name)))
      .map((machine) => ({
        name: machine.name,
        profiles: machine.profiles.filter((name) => !gpuProfiles.has(name)),
      }));
  });
}
