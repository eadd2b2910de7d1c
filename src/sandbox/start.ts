import { chmod, rm, symlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { AnklumeError, ExitCode, silent, step } from '../base/messages/index.ts';
import { acquireLock, makeFolders, writeAtomic } from '../base/system/index.ts';
import { type Cgroup, cgroupOf, createCgroup } from './cgroup.ts';
import { closeFirst, settleRules } from './closed-start.ts';
import { findDaemon, startDaemon } from './daemon.ts';
import { findHolder, furnish, insideOf, startHolder } from './holder.ts';
import { type InstallOptions, installRequirements } from './install.ts';
import { type Places, placesOf } from './places.ts';
import { resolverText } from './resolver.ts';
import type { Sandbox } from './sandbox.ts';
import { type Choices, readState, type State, usualStorage, writeState } from './state.ts';
import { clean } from './stop.ts';
import { ensurePool, standInForPool } from './storage.ts';
import { ensureUplink, hasLink, removeUplink } from './uplink.ts';

/** With `assumeYes` or `ask`, what the machine lacks may be installed; without them it is named and nothing is done. */
export interface StartOptions extends Partial<Choices>, InstallOptions {
  /** Home folder that it belongs to; default: that of this run. */
  readonly home?: string;
}

/**
 * Starts the sandbox `name`, or returns it when it runs already. What a start or stop that was cut
 * short left behind is cleaned first. Storage defaults to btrfs where there are loop devices, the uplink to none; a later start keeps both.
 */
export async function startSandbox(name: string, options: StartOptions = {}): Promise<Sandbox> {
  if (process.getuid?.() !== 0) throw needsRoot();
  const places = placesOf(name, options.home);
  const { emit = silent, signal } = options;
  await installRequirements(options);
  await using _lock = await acquireLock(places.lock, {
    command: `sandbox start ${name}`,
    wait: true,
    emit,
    ...(signal && { signal }),
  });
  const label = {
    en: `Starting the sandbox '${name}'`,
    fr: `Démarrage du bac à sable « ${name} »`,
  };
  return step(emit, { id: `sandbox:${name}`, label }, () => bringUp(places, options));
}

async function bringUp(places: Places, options: StartOptions): Promise<Sandbox> {
  const { signal } = options;
  const cgroup = await cgroupOf(places.cgroup);
  const kept = await readState(places);
  const choices = {
    // Storage is chosen once: the machines live in it.
    storage: kept?.storage ?? options.storage ?? usualStorage(),
    uplink: options.uplink ?? kept?.uplink ?? false,
  };
  const running = await findHolder(cgroup);
  const furnished = running !== undefined && running.started === kept?.furnished;
  const holder = furnished ? running : await newHolder(places, cgroup, choices, signal);
  const { started } = holder;
  const complete = kept?.complete === started;
  const state = { ...choices, furnished: started, ...(complete && { complete: started }) };
  try {
    await settleUplink(places, kept, state, holder.pid);
    if (choices.storage === 'btrfs') await standInForPool(places);
    const host = insideOf(holder.pid);
    if (!complete) await closeFirst(places, host, options.emit ?? silent);
    await startDaemon(cgroup, places, holder.pid, signal);
    if (!complete) await settleRules(places, host);
    await ensurePool(places, choices);
    if (!complete) await writeState(places, { ...state, complete: started });
  } catch (error) {
    // Machines that ran before stay up: somebody else started them.
    if (!furnished) await clean(places, cgroup);
    throw error;
  }
  return describe(places, choices, holder.pid);
}

/** Brings the uplink to what was chosen; a running sandbox may gain or lose it. */
async function settleUplink(
  places: Places,
  kept: State | undefined,
  state: State,
  holder: number,
): Promise<void> {
  if (!state.uplink && hasLink(places)) await removeUplink(places);
  // Kept before the uplink is made: what a start that is killed now has begun is then known to the next one.
  if (JSON.stringify(kept) !== JSON.stringify(state)) await writeState(places, state);
  if (state.uplink) await ensureUplink(places, holder);
}

async function newHolder(
  places: Places,
  cgroup: Cgroup,
  choices: Choices,
  signal: AbortSignal | undefined,
) {
  await clean(places, cgroup);
  await makePlaces(places);
  try {
    await createCgroup(cgroup);
    await writeState(places, choices);
    const holder = await startHolder(cgroup, signal);
    await furnish(cgroup, places, holder.pid);
    return holder;
  } catch (error) {
    await clean(places, cgroup);
    throw error;
  }
}

async function makePlaces(places: Places): Promise<void> {
  await makeFolders(places.folder, 0o700);
  await chmod(places.folder, 0o700);
  await makeFolders(places.data, 0o711);
  if (places.incusDir !== places.data) {
    await makeFolders(dirname(places.incusDir), 0o700);
    await rm(places.incusDir, { force: true });
    await symlink(places.data, places.incusDir);
  }
  await writeAtomic(places.resolver, await resolverText());
}

/**
 * The sandbox `name` when it runs and wants nothing: no start, stop or repair is at work on it. Costs no request;
 * whoever has to be sure that the daemon is up, or wants another uplink, calls startSandbox().
 */
export async function runningSandbox(name: string): Promise<Sandbox | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const places = placesOf(name);
  try {
    await using _lock = await acquireLock(places.lock, { command: 'sandbox status' });
    const cgroup = await cgroupOf(places.cgroup);
    const [holder, state] = await Promise.all([findHolder(cgroup), readState(places)]);
    if (!holder || !state) return undefined;
    if (state.furnished !== holder.started || state.complete !== holder.started) return undefined;
    const isUp = (await accepts(places.socket)) && (await findDaemon(cgroup, places));
    return isUp ? describe(places, state, holder.pid) : undefined;
  } catch (error) {
    if (error instanceof AnklumeError && error.code === 'locked') return undefined;
    throw error;
  }
}

/** Whether somebody listens: the socket of a daemon that was killed refuses, unless a fork of it is left. */
function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

/** The running sandbox, as others use it. */
function describe(places: Places, choices: Choices, holder: number): Sandbox {
  const { name, folder, incusDir, socket } = places;
  const { storage, uplink } = choices;
  const host = insideOf(holder);
  return { name, folder, incusDir, socket, storage, uplink, running: true, holder, host };
}

function needsRoot(): AnklumeError {
  return new AnklumeError({
    code: 'needs-root',
    exit: ExitCode.environment,
    message: {
      en: 'The embedded sandbox makes namespaces and mounts, which only root may do.',
      fr: 'Le bac à sable intégré crée des espaces de noms et des montages, ce que seul root peut faire.',
    },
    remedy: {
      en: 'Run the command as root, for instance with sudo.',
      fr: 'Lancez la commande en tant que root, par exemple avec sudo.',
    },
  });
}
