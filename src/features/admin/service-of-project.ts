import { join } from 'node:path';
import { type HostFile, productRoot } from '../../base/system/index.ts';
import type { Daemon, Listening } from '../../site/index.ts';
import { bootHost } from '../../site/index.ts';
import { disableService, enableService, planService } from './boot.ts';
import { keepSocket } from './keep.ts';
import { chosenAdmin, settingOf } from './switch.ts';
import { notChosen } from './switch-errors.ts';

/** The unit that switching the service on would write; undefined when it stands so already. */
export async function planAdminService(
  root: string,
  daemon: Daemon,
): Promise<HostFile | undefined> {
  return planService(await serviceOf(root, daemon), bootHost(daemon));
}

/** Writes it and starts the service, now and at every boot. */
export async function enableAdminService(root: string, daemon: Daemon): Promise<void> {
  await enableService(await serviceOf(root, daemon), bootHost(daemon));
}

/** Takes it away. True when there was something. */
export function disableAdminService(daemon: Daemon): Promise<boolean> {
  return disableService(bootHost(daemon));
}

/** What the service does: keeps the socket of the project's admin container working until it is told to end. */
export async function keepAdmin(root: string, daemon: Daemon, listening: Listening): Promise<void> {
  const place = await chosenAdmin(root);
  if (!place) throw notChosen();
  await keepSocket(daemon.incus, place, await settingOf(root, daemon), listening);
}

async function serviceOf(root: string, daemon: Daemon) {
  if (!(await chosenAdmin(root))) throw notChosen();
  const { socket } = await settingOf(root, daemon);
  return { node: process.execPath, program: join(productRoot(), 'dist/main.js'), root, socket };
}
