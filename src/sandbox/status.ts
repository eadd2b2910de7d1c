import { readdir } from 'node:fs/promises';
import { AnklumeError } from '../base/messages/index.ts';
import { acquireLock, readIfExists } from '../base/system/index.ts';
import { cgroupExists, cgroupOf } from './cgroup.ts';
import { findHolder } from './holder.ts';
import { isSandboxName, type Places, placesOf, sandboxesFolder } from './places.ts';
import type { SandboxStatus } from './sandbox.ts';
import { readState } from './state.ts';
import { clean } from './stop.ts';

/** All sandboxes of this home folder, by name; what was cut short is cleaned on the way. */
export async function listSandboxes(): Promise<SandboxStatus[]> {
  const entries = await readdir(sandboxesFolder()).catch(() => []);
  const names = entries.filter(isSandboxName);
  const all = await Promise.all(names.sort().map(statusOf));
  return all.filter((status) => status !== undefined);
}

/** The name of the sandbox that this socket is the door of; undefined for any other daemon. */
export async function sandboxOfSocket(socket: string): Promise<string | undefined> {
  const entries = await readdir(sandboxesFolder()).catch(() => []);
  return entries.filter(isSandboxName).find((name) => placesOf(name).socket === socket);
}

/** How the sandbox `name` stands, or undefined when there is none. */
export async function statusOf(name: string): Promise<SandboxStatus | undefined> {
  const places = placesOf(name);
  const cgroup = await cgroupOf(places.cgroup);
  if (process.getuid?.() === 0 && (await cgroupExists(cgroup))) await heal(places);
  const state = await readState(places);
  if (!state && !(await readIfExists(places.log))) return undefined;
  const { folder, incusDir, socket } = places;
  const { storage = 'btrfs', uplink = false } = state ?? {};
  const holder = await findHolder(cgroup);
  const running = holder !== undefined;
  const about = { name, folder, incusDir, socket, storage, uplink, running };
  return holder ? { ...about, holder: holder.pid } : about;
}

/** Removes what a killed start or stop left. A start that is at work right now holds the lock and is left alone. */
async function heal(places: Places): Promise<void> {
  try {
    await using _lock = await acquireLock(places.lock, { command: 'sandbox status' });
    const cgroup = await cgroupOf(places.cgroup);
    const holder = await findHolder(cgroup);
    const furnished = (await readState(places))?.furnished;
    if (!holder || holder.started !== furnished) await clean(places, cgroup);
  } catch (error) {
    if (!(error instanceof AnklumeError && error.code === 'locked')) throw error;
  }
}
