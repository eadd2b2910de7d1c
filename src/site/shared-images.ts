import { AnklumeError, ExitCode, verbatim } from '../base/messages/index.ts';
import { makeFolders } from '../base/system/index.ts';
import {
  type EnsureOptions,
  type ExportReport,
  ensureImage,
  exportImages,
  imageFolder,
  localAlias,
  SHARED_IMAGES,
} from '../images/index.ts';
import type { Image, InstanceType } from '../incus/index.ts';
import { isOn } from '../world/infra/index.ts';
import type { Desired, DesiredDomain, DesiredMachine } from '../world/tree/index.ts';
import type { Daemon } from './daemon.ts';
import type { Listening } from './lock.ts';

/** Name of the device through which a nested host sees the images. */
const DEVICE = 'anklume-images';

/** Where an infrastructure's images are exported to. */
function folderOf({ images }: Pick<Desired, 'images'>): string {
  return images?.folder ?? imageFolder();
}

/** What is declared of getting images, for whoever gets them. */
export function imageOptions(desired: Desired): Pick<EnsureOptions, 'folder' | 'timeoutSeconds'> {
  const { downloadTimeout } = desired.images ?? {};
  return {
    folder: folderOf(desired),
    ...(downloadTimeout !== undefined && { timeoutSeconds: downloadTimeout }),
  };
}

/**
 * The world in which nested hosts see the folder of exported images, read-only, where that is asked for. A machine
 * starts without where its daemon's host has no such folder.
 */
export function shareImages(desired: Desired): Desired {
  if (!desired.images?.exportForNesting) return desired;
  const device = {
    type: 'disk',
    source: folderOf(desired),
    path: SHARED_IMAGES,
    readonly: 'true',
    required: 'false',
  };
  const shared = (domain: DesiredDomain, machine: DesiredMachine): DesiredMachine =>
    isNestedHost(domain, machine) && !(DEVICE in machine.devices)
      ? { ...machine, devices: { ...machine.devices, [DEVICE]: device } }
      : machine;
  return {
    ...desired,
    domains: desired.domains.map((domain) => ({
      ...domain,
      machines: domain.machines.map((machine) => shared(domain, machine)),
    })),
  };
}

/** A container in which Incus may run: the machine's own word counts, then that of its last profile. */
function isNestedHost({ profiles }: DesiredDomain, machine: DesiredMachine): boolean {
  if (machine.type !== 'lxc') return false;
  const layers = machine.profiles.map(
    (name) => profiles.find((profile) => profile.name === name)?.config,
  );
  const words = [...layers, machine.config].map((config) => config?.['security.nesting']);
  return isOn(words.filter((word) => word !== undefined).at(-1));
}

/** The folder stands before the first machine that is to see it starts. */
export async function prepareFolder(desired: Desired, { host }: Daemon): Promise<void> {
  if (desired.images?.exportForNesting && host) await makeFolders(folderOf(desired), 0o755);
}

/** Exports the images of an infrastructure that are on the daemon, where that is declared. */
export async function exportForNesting(
  desired: Desired,
  { incus, host }: Daemon,
  listening: Listening,
): Promise<ExportReport | undefined> {
  if (!desired.images?.exportForNesting || !host) return undefined;
  try {
    const images = imagesOf(desired, await incus.images.list());
    return await exportImages(incus, images, folderOf(desired), { ...listening, thorough: false });
  } catch (error) {
    listening.signal.throwIfAborted();
    // The machines are there; a full disk, say, is no reason to leave them half done.
    const why = error instanceof AnklumeError ? error.text : verbatim(String(error));
    listening.emit({
      type: 'note',
      level: 'warning',
      code: 'images-not-exported',
      text: {
        en: `Images were not exported for nested hosts: ${why.en}`,
        fr: `Les images n'ont pas été exportées pour les hôtes imbriqués : ${why.fr}`,
      },
      remedy: {
        en: "'anklume image export' tries again.",
        fr: '« anklume image export » réessaie.',
      },
    });
    return undefined;
  }
}

/** What an export is asked for; nothing named means the images of the infrastructure, or else all that have a name. */
export interface ExportWish {
  readonly names: readonly string[];
  readonly all: boolean;
  readonly desired?: Desired | undefined;
  readonly folder?: string | undefined;
}

/** Exports images to a folder, those of the infrastructure that the daemon lacks included. Throws `image-unknown`. */
export async function exportWished(
  { incus, host }: Daemon,
  { names, all, desired, folder }: ExportWish,
  listening: Listening,
): Promise<ExportReport> {
  const target = folder ?? (desired ? folderOf(desired) : imageFolder());
  const common = { ...listening, ...(host && { host }) };
  const ours = desired && !all && names.length === 0 ? desired : undefined;
  if (ours)
    for (const [reference, type] of referencesOf(ours))
      await ensureImage(incus, reference, { ...common, ...imageOptions(ours), type });
  const present = (await incus.images.list()).filter(({ aliases }) => aliases.length > 0);
  const chosen = ours
    ? imagesOf(ours, present)
    : names.length > 0
      ? names.map((name) => named(present, name))
      : present;
  return exportImages(incus, [...new Set(chosen)], target, listening);
}

function referencesOf({ domains }: Desired): [string, InstanceType][] {
  const all = domains.flatMap(({ machines }) =>
    machines.map(({ image, type }): [string, InstanceType] => [
      image,
      type === 'vm' ? 'virtual-machine' : 'container',
    ]),
  );
  return [...new Map(all.map((one) => [one.join(' '), one])).values()];
}

function named(images: readonly Image[], alias: string): Image {
  const found = images.find(({ aliases }) => aliases.some(({ name }) => name === alias));
  if (found) return found;
  throw new AnklumeError({
    code: 'image-unknown',
    exit: ExitCode.usage,
    message: {
      en: `The daemon has no image '${alias}'.`,
      fr: `Le démon n'a pas d'image « ${alias} ».`,
    },
    remedy: {
      en: `'anklume image build ${alias}' gets it.`,
      fr: `« anklume image build ${alias} » la récupère.`,
    },
  });
}

/** Those of the daemon's images that machines of an infrastructure are made from. */
function imagesOf(desired: Desired, images: readonly Image[]): Image[] {
  const wanted = new Set(referencesOf(desired).map((one) => localAlias(...one)));
  return images.filter(({ aliases }) => aliases.some(({ name }) => wanted.has(name)));
}
