import { mkdir, readdir, rename, rmdir } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { Emit } from '../base/messages/index.ts';
import { printable } from '../base/system/index.ts';
import type { Observed, Rename } from '../engine/index.ts';
import type { Desired } from '../world/tree/index.ts';
import type { Daemon } from './daemon.ts';

/** A folder of the host, and the one below which only root may look. */
export interface DataFolder {
  readonly folder: string;
  readonly base: string;
}

/**
 * Folders that machines see by `persistent_data` and `shared_volumes`, as the tree has them: devices `pd-NAME` and
 * `sv-NAME` whose folder has that name. One that was declared elsewhere is the user's to make.
 */
function dataFolders({ domains }: Pick<Desired, 'domains'>): DataFolder[] {
  const devices = domains.flatMap(({ machines }) =>
    machines.flatMap((machine) => Object.entries(machine.devices)),
  );
  const found = devices.flatMap(([device, { type, source = '' }]) => {
    const [, kind, name] = /^(pd|sv)-(.+)$/.exec(device) ?? [];
    if (type !== 'disk' || !source.startsWith('/') || basename(source) !== name) return [];
    const base = kind === 'sv' ? dirname(source) : dirname(dirname(dirname(source)));
    return [{ folder: source, base }];
  });
  return [...new Map(found.map((one) => [one.folder, one])).values()];
}

/**
 * Makes those that are missing before a machine that is to see one starts. What a machine's root leaves there may
 * carry rights of root, so a base that is made here is closed to other users.
 */
export async function prepareDataFolders(desired: Desired, { host }: Daemon): Promise<void> {
  if (!host) return;
  for (const { folder, base } of dataFolders(desired)) {
    await mkdir(dirname(base), { recursive: true, mode: 0o755 });
    await mkdir(base, { recursive: true, mode: 0o700 });
    await mkdir(folder, { recursive: true, mode: 0o755 });
  }
}

/**
 * Takes what machines with new names keep by `persistent_data` along, before they have these names: a run that is cut
 * off in between finds the folders in their places. A folder that holds something already is nobody's to write over.
 */
export async function carryDataFolders(
  renames: readonly Rename[],
  desired: Desired,
  { instances }: Pick<Observed, 'instances'>,
  { host }: Daemon,
  emit: Emit,
): Promise<void> {
  if (!host) return;
  const machines = desired.domains.flatMap((domain) =>
    domain.machines.map((machine) => ({ project: domain.project, ...machine })),
  );
  const names = new Set(machines.map(({ name }) => name));
  for (const { project, from, to } of renames) {
    const live = instances.find((one) => one.project === project && one.name === from);
    const wanted = machines.find((one) => one.project === project && one.instance === to);
    for (const [device, { source = '' }] of Object.entries(wanted?.devices ?? {})) {
      const untrustedOld = live?.expanded_devices[device]?.source ?? '';
      if (!device.startsWith('pd-') || untrustedOld === '' || untrustedOld === source) continue;
      const isItsOwn =
        isBeside(untrustedOld, source) && !names.has(basename(dirname(untrustedOld)));
      if (!isItsOwn || !(await moved(untrustedOld, source)))
        emit(leftBehind(to, untrustedOld, source));
    }
  }
}

/**
 * Whether both are `<base>/<domain>/<machine>/<name>` and differ in the machine alone. What a daemon says of a device may
 * have been written by anybody; nothing else of the host is moved for it.
 */
function isBeside(old: string, fresh: string): boolean {
  const isPlain = [old, fresh].every((path) => resolve(path) === path);
  return isPlain && basename(old) === basename(fresh) && baseOf(old) === baseOf(fresh);
}

/** `<base>/<domain>`, of the folder of a machine. */
const baseOf = (folder: string) => dirname(dirname(folder));

/** Whether what stood at `old` is now at `fresh`, or there was nothing. */
async function moved(old: string, fresh: string): Promise<boolean> {
  const held = await readdir(old).catch(() => undefined);
  if (held === undefined || held.length === 0) return true;
  await mkdir(dirname(fresh), { recursive: true, mode: 0o755 });
  try {
    await rmdir(fresh).catch(() => undefined);
    await rename(old, fresh);
    await rmdir(dirname(old)).catch(() => undefined);
    return true;
  } catch {
    return false;
  }
}

function leftBehind(machine: string, old: string, fresh: string): Parameters<Emit>[0] {
  const [from, to] = [printable(old), printable(fresh)];
  return {
    type: 'note',
    level: 'warning',
    code: 'data-left-behind',
    text: {
      en: `'${machine}' sees ${to} from now on; what it kept before stays in ${from}: move it by hand.`,
      fr: `« ${machine} » voit désormais ${to} ; ce qu'elle gardait reste dans ${from} : déplacez-le à la main.`,
    },
  };
}
