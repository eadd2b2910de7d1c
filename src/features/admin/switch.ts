import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Emit, type Event, ExitCode } from '../../base/messages/index.ts';
import {
  homeFolder,
  makeFolders,
  productRoot,
  readIfExists,
  writeAtomic,
} from '../../base/system/index.ts';
import {
  alone,
  type Daemon,
  type DaemonChoice,
  type DaemonOptions,
  findProject,
  openDaemon,
  type ProjectChoice,
  parentNesting,
  readWorld,
  type World,
} from '../../site/index.ts';
import type { Desired, DesiredMachine } from '../../world/tree/index.ts';
import { answersInside } from './ask.ts';
import { type Delegated, delegate } from './delegate.ts';
import type { Setting } from './devices.ts';
import { mendSocket } from './keep.ts';
import { type AdminPlace, lookAtAdmin } from './place.ts';
import { setUpAdmin, takeDownAdmin } from './set-up.ts';
import { elsewhere, noMachine, notAnswering, notOwner, notThere } from './switch-errors.ts';

/** The machine that the ROADMAP names for it. */
const ADMIN_MACHINE = 'anklume-instance';

/** Whether a machine may be an admin container. */
export function mayAdminister({ name, type }: Pick<DesiredMachine, 'name' | 'type'>): boolean {
  return name === ADMIN_MACHINE && type === 'lxc';
}

/** In the project: where commands go that are delegated. A choice of the person's, not a state: it is checked. */
const CHOICE = '.anklume/admin.json';

/**
 * Makes the project's `anklume-instance` its admin container, and sees to it that the daemon answers inside.
 * To be done by the owner of the project folder, as whom commands will run inside.
 */
export async function switchAdminOn(
  { root, desired }: World,
  daemon: Daemon,
  signal: AbortSignal,
): Promise<AdminPlace> {
  const found = desired.domains
    .flatMap(({ project, machines }) => machines.map((machine) => ({ project, machine })))
    .find(({ machine }) => mayAdminister(machine));
  if (!found) throw noMachine(ADMIN_MACHINE);
  const setting = await settingOf(root, daemon);
  if (process.getuid?.() !== setting.owner.uid) throw notOwner(root);
  const place = { project: found.project, instance: found.machine.instance };
  const nesting = (await daemon.nesting()) ?? { relativeLevel: 0, vmNested: false, yolo: false };
  await makeFolders(setting.history, 0o700);
  await setUpAdmin(daemon.incus, place, setting, nesting);
  await mendSocket(daemon.incus, place, setting, signal);
  if (!(await answersInside(daemon.incus, place, signal))) throw notAnswering(place.instance);
  await writeAtomic(join(root, CHOICE), `${JSON.stringify(place)}\n`);
  return place;
}

/** The machine is an ordinary one again, and commands run here. True when it was not. */
export async function switchAdminOff({ root }: World, daemon: Daemon): Promise<boolean> {
  const place = await chosenAdmin(root);
  const was = place !== undefined && (await lookAtAdmin(daemon.incus, place, root)).state !== 'no';
  if (was) await takeDownAdmin(daemon.incus, place);
  await rm(join(root, CHOICE), { force: true });
  return was;
}

/** How the admin container of a project stands. */
export interface AdminStatus {
  /** `off`: none was chosen. `gone`: the machine that was chosen is none any more. */
  readonly state: 'on' | 'off' | 'gone';
  readonly place?: AdminPlace;
  readonly running: boolean;
  /** Whether the daemon answers inside. */
  readonly answers: boolean;
}

export async function adminStatus({ root }: World, { incus }: Daemon): Promise<AdminStatus> {
  const place = await chosenAdmin(root);
  if (!place) return { state: 'off', running: false, answers: false };
  const { state } = await lookAtAdmin(incus, place, root);
  if (state === 'no') return { state: 'gone', place, running: false, answers: false };
  const running = state === 'yes';
  return { state: 'on', place, running, answers: running && (await answersInside(incus, place)) };
}

export interface Delegating extends Omit<Delegated, 'cwd'> {
  readonly emit: Emit;
  readonly onOpen?: DaemonOptions['onOpen'];
  /** What is to be told of the host itself when it has worked inside; nothing when all is well. */
  readonly afterwards: (desired: Desired, daemon: Daemon) => Promise<Event | undefined>;
}

/**
 * Runs a command in the project's admin container and gives its exit status; undefined where it is to run here:
 * there is no such container, we are inside it, or another daemon was asked for.
 */
export async function runInAdmin(
  place: Pick<ProjectChoice, 'cwd' | 'infra'>,
  choice: DaemonChoice,
  words: Delegating,
): Promise<number | undefined> {
  if (choice.socket || choice.remote || choice.sandbox) return undefined;
  const { root } = await findProject(place);
  const admin = await delegateOf(root);
  if (!admin) return undefined;
  await using daemon = await openDaemon(choice, { ...words, place });
  const isRemembered = daemon.chosen === 'remembered';
  if (!daemon.host || (isRemembered && daemon.sandbox !== undefined)) return undefined;
  const look = await lookAtAdmin(daemon.incus, admin, root);
  // The remembered daemon may be the host's own, or one that the admin container was never on.
  if (look.state !== 'yes' && isRemembered) return undefined;
  if (look.state !== 'yes') {
    words.emit({ type: 'note', level: 'warning', ...notThere(admin.instance) });
    return undefined;
  }
  const { owner } = await settingOf(root, daemon);
  const within = place.cwd === root || place.cwd.startsWith(`${root}/`);
  const status = await alone(daemon, 'apply', words, () =>
    delegate(
      daemon.incus,
      admin,
      { paths: look.paths, owner },
      { ...words, cwd: within ? place.cwd : root },
    ),
  );
  const warning =
    status <= ExitCode.failed && (await words.afterwards((await readWorld(root)).desired, daemon));
  if (warning) words.emit(warning);
  return status;
}

/** Whether the project has an admin container that runs, and this host is the one it works for. */
export async function hasAdmin(root: string, { incus, host, sandbox }: Daemon): Promise<boolean> {
  const admin = host && sandbox === undefined ? await delegateOf(root) : undefined;
  return admin !== undefined && (await lookAtAdmin(incus, admin, root)).state === 'yes';
}

/** The machine that commands are for; undefined within it, too. */
async function delegateOf(root: string): Promise<AdminPlace | undefined> {
  const admin = await chosenAdmin(root);
  return admin && !(await parentNesting()) ? admin : undefined;
}

/** Who the admin container is for, and what of this host it gets. Throws `admin-elsewhere` (exit 4). */
export async function settingOf(root: string, { host, reach, where }: Daemon): Promise<Setting> {
  if (!host || !('socket' in reach)) throw elsewhere(where);
  const { uid, gid } = await stat(root);
  const { socket } = reach;
  return { root, owner: { uid, gid }, product: productRoot(), history: homeFolder(), socket };
}

/** What the project folder says of its admin container; nothing when the file is absent or was damaged. */
export async function chosenAdmin(root: string): Promise<AdminPlace | undefined> {
  const text = (await readIfExists(join(root, CHOICE)))?.toString('utf8') ?? '';
  const [, project, instance] =
    /^\{"project":"([a-z0-9-]{1,63})","instance":"([a-z0-9-]{1,63})"\}\n$/.exec(text) ?? [];
  return project !== undefined && instance !== undefined ? { project, instance } : undefined;
}
