import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Emit, silent, step } from '../base/messages/index.ts';
import { acquireLock, isAlive } from '../base/system/index.ts';
import { type Cgroup, cgroupOf, destroyCgroup, processesIn } from './cgroup.ts';
import { findDaemon } from './daemon.ts';
import { loopDevicesGone } from './loop-devices.ts';
import { type Places, placesOf } from './places.ts';
import { readState } from './state.ts';
import { hasLink, removeUplink } from './uplink.ts';

export interface StopOptions {
  readonly emit?: Emit;
  readonly signal?: AbortSignal;
  /** Home folder that it belongs to; default: that of this run. */
  readonly home?: string;
}

/** Stops the sandbox and keeps its data: the next start finds the same machines. Already stopped is a success. */
export function stopSandbox(name: string, options: StopOptions = {}): Promise<void> {
  const label = { en: `Stopping the sandbox '${name}'`, fr: `Arrêt du bac à sable « ${name} »` };
  return locked(name, 'stop', label, options, async (places) => {
    const cgroup = await cgroupOf(places.cgroup);
    await shutDown(places, cgroup);
    await clean(places, cgroup);
  });
}

/** Stops the sandbox and removes everything in it. Nothing there is a success. */
export function deleteSandbox(name: string, options: StopOptions = {}): Promise<void> {
  const label = {
    en: `Deleting the sandbox '${name}'`,
    fr: `Suppression du bac à sable « ${name} »`,
  };
  return locked(name, 'delete', label, options, async (places) => {
    await clean(places, await cgroupOf(places.cgroup));
    await rm(places.folder, { recursive: true, force: true, maxRetries: 3 });
  });
}

async function locked(
  name: string,
  verb: string,
  label: { en: string; fr: string },
  options: StopOptions,
  work: (places: Places) => Promise<void>,
): Promise<void> {
  const places = placesOf(name, options.home);
  const { emit = silent, signal } = options;
  await using _lock = await acquireLock(places.lock, {
    command: `sandbox ${verb} ${name}`,
    wait: true,
    emit,
    ...(signal && { signal }),
  });
  await step(emit, { id: `sandbox:${name}`, label }, () => work(places));
}

/** Milliseconds that the machines inside get to shut down in order. */
const SHUTDOWN_LIMIT = 10_000;

/** Asks the daemon to shut its machines down and end. What has not ended by then is ended. */
async function shutDown(places: Places, cgroup: Cgroup): Promise<void> {
  const daemon = await findDaemon(cgroup, places);
  if (!daemon) return;
  // SIGPWR stops the machines first and remembers which ran; without machines SIGTERM is the quicker word for the same.
  const signal = (await hasMachines(cgroup)) ? 'SIGPWR' : 'SIGTERM';
  process.kill(daemon.pid, signal);
  const deadline = performance.now() + SHUTDOWN_LIMIT;
  while ((await isAlive(daemon)) && performance.now() < deadline) await sleep(20);
}

/** Whether any container runs: LXC gives each a cgroup. */
async function hasMachines(cgroup: Cgroup): Promise<boolean> {
  const names = await readdir(cgroup.path).catch(() => []);
  for (const name of names.filter((entry) => entry.startsWith('lxc.monitor.')))
    if ((await processesIn(join(cgroup.path, name))).length > 0) return true;
  return false;
}

/** Removes every trace of a running sandbox from this machine; its data stays. */
export async function clean(places: Places, cgroup: Cgroup): Promise<void> {
  await destroyCgroup(cgroup);
  if (hasLink(places) || (await readState(places))?.uplink) await removeUplink(places);
  await loopDevicesGone(places);
  if (places.incusDir !== places.data) await rm(places.incusDir, { force: true });
}
