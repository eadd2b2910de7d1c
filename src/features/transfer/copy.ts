import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AnklumeError, type Emit, ExitCode, silent, step } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import type { Incus } from '../../incus/index.ts';
import { type AuditLine, audit } from './audit.ts';
import { type Carrying, carryFile, carryInto } from './carry.ts';
import type { Declared } from './declared.ts';
import type { End } from './end.ts';
import type { Entry } from './entry.ts';
import { HostEnd } from './host-end.ts';
import { machineEnd } from './machine-end.ts';
import { type Place, shown } from './place.ts';
import { decide } from './policy.ts';
import { type Load, scan } from './scan.ts';

export interface CopyOptions {
  readonly declared: Declared;
  /** The file that copies and refusals are written down in. */
  readonly audit: string;
  /** Leaves out what may not be carried. */
  readonly skipUnfit?: boolean;
  /** Made in the target, which is a folder then or becomes one: what is copied goes in there under its own name. */
  readonly into?: string;
  readonly emit?: Emit;
  readonly signal: AbortSignal;
}

/** What was carried, and what allowed it. */
export interface Copied extends Load {
  readonly from: string;
  readonly to: string;
  readonly rule: string;
}

/**
 * Copies a file or a folder with all that is in it. Into a folder that is there it goes under its own name;
 * otherwise the last part of the target is its new name. Refusals and copies are written down first.
 */
export async function copyFiles(
  incus: Incus,
  untrustedFrom: Place,
  untrustedTo: Place,
  options: CopyOptions,
): Promise<Copied> {
  const [from, to] = [await resolved(untrustedFrom), await resolved(untrustedTo)];
  const about = { action: 'file.copy', from: shown(from), to: shown(to) } as const;
  const note = (more: Omit<AuditLine, keyof typeof about>) =>
    audit(options.audit, { ...about, ...more });
  const decision = decide(from, to, options.declared);
  if (!decision.allowed) {
    await note({ result: 'refused' });
    throw undeclared(about.from, about.to, decision.remedy);
  }
  const { rule } = decision;
  await note({ result: 'started', rule });
  try {
    await using source = await endOf(incus, from, options.signal);
    await using target = await endOf(incus, to, options.signal);
    const load = await between(source, from.path, target, to.path, options, about);
    await note({ result: 'done', rule, ...load });
    return { from: about.from, to: about.to, rule, ...load };
  } catch (error) {
    const reason = error instanceof AnklumeError ? error.code : String(error);
    await note({ result: 'failed', rule, error: printable(reason) });
    throw error;
  }
}

/** An end of either kind; its folders are only ever handed back to it. */
function endOf(incus: Incus, place: Place, signal: AbortSignal): Promise<End<unknown>> {
  const end =
    place.kind === 'host' ? Promise.resolve(new HostEnd()) : machineEnd(incus, place, signal);
  return end as Promise<End<unknown>>;
}

/** Portals speak of folders of the host as they really are, so links in the path are followed before judging. */
async function resolved(place: Place): Promise<Place> {
  if (place.kind === 'machine') return place;
  const ending = place.path.endsWith('/') && place.path !== '/' ? '/' : '';
  const whole = await realpath(place.path).catch(() => undefined);
  if (whole !== undefined) return { ...place, path: `${whole}${ending}` };
  const parent = await realpath(dirname(place.path)).catch(() => dirname(place.path));
  return { ...place, path: `${join(parent, basename(place.path))}${ending}` };
}

async function between<S, D>(
  from: End<S>,
  fromPath: string,
  to: End<D>,
  toPath: string,
  { emit = silent, signal, skipUnfit: skip = false, into }: CopyOptions,
  about: { readonly from: string; readonly to: string },
): Promise<Load> {
  const [source, wanted] = [latin(fromPath), latin(toPath)];
  const entry = await from.facts(source);
  if (!entry) throw absent(about.from);
  if (entry.kind === 'other') throw notCarried(about.from);
  const place = into === undefined ? await landing(to, wanted, entry) : undefined;
  const id = `copy:${about.from}:${about.to}`;
  const label = { en: `Copy ${about.from}`, fr: `Copier ${about.from}` };
  return step(emit, { id, label }, async () => {
    const parent = await (place
      ? to.openFolder(place.folder)
      : folderWithin(to, wanted, latin(into ?? '')));
    const name = place?.name ?? entry.name;
    const origin = await from.openFolder(entry.kind === 'folder' ? source : folderOf(source));
    try {
      const load =
        entry.kind === 'folder'
          ? await scan(from, origin, signal, skip)
          : { files: 1, bytes: entry.size };
      const room = await to.room(parent);
      if (room !== undefined && room < load.bytes) throw tooLittleRoom(about.to, load.bytes);
      const way: Carrying<S, D> = { from, to, signal, skip, onBytes: teller(emit, id, load.bytes) };
      if (entry.kind === 'folder') await carryInto(way, origin, entry, parent, name, 0);
      else await carryFile(way, origin, { ...entry, name: nameOf(source) }, parent, name);
      return load;
    } finally {
      await from.leave(origin);
      await to.leave(parent);
    }
  });
}

/** The folder that is written into, and the name there. */
async function landing<D>(
  to: End<D>,
  wanted: string,
  entry: Entry,
): Promise<{ readonly folder: string; readonly name: string }> {
  const there = await to.facts(wanted);
  if (there?.kind === 'folder') return { folder: wanted, name: entry.name };
  const text = printable(Buffer.from(wanted, 'latin1').toString());
  if (wanted.endsWith('/')) throw absent(text);
  const name = nameOf(wanted);
  if (name === '' || name === '.' || name === '..') throw absent(text);
  return { folder: folderOf(wanted), name };
}

/** Opens a folder of this name in the wanted one, both made where they are missing; no link is followed in there. */
async function folderWithin<D>(to: End<D>, wanted: string, name: string): Promise<D> {
  const isThere = (await to.facts(wanted))?.kind === 'folder';
  const outer = isThere
    ? await to.openFolder(wanted)
    : await madeWithin(to, await to.openFolder(folderOf(wanted)), nameOf(wanted));
  return madeWithin(to, outer, name);
}

/** A folder in an open one, which is left. */
async function madeWithin<D>(to: End<D>, outer: D, name: string): Promise<D> {
  try {
    await to.makeFolder(outer, name);
    return await to.enter(outer, name);
  } finally {
    await to.leave(outer);
  }
}

function latin(path: string): string {
  return Buffer.from(path).toString('latin1');
}

function nameOf(path: string): string {
  return path.split('/').filter(Boolean).at(-1) ?? '';
}

function folderOf(path: string): string {
  return path.replace(/\/+$/, '').replace(/[^/]*$/, '') || '/';
}

/** Tells the progress about once for each hundredth, and at most once a MiB. */
function teller(emit: Emit, id: string, total: number): (bytes: number) => void {
  let done = 0;
  let told = 0;
  return (bytes) => {
    done += bytes;
    if (done - told < Math.max(total / 100, 2 ** 20)) return;
    told = done;
    const words = `${(done / 2 ** 20).toFixed(0)} / ${(total / 2 ** 20).toFixed(0)} MiB`;
    const fraction = Math.min(1, done / total);
    emit({ type: 'step.progress', id, text: { en: words, fr: words }, fraction });
  };
}

function undeclared(from: string, to: string, remedy: { en: string; fr: string }): AnklumeError {
  return new AnklumeError({
    code: 'copy-undeclared',
    exit: ExitCode.usage,
    message: {
      en: `infra.yml declares nothing that lets files go from ${from} to ${to}. The refusal was written down.`,
      fr: `infra.yml ne déclare rien qui permette à des fichiers d'aller de ${from} à ${to}. Le refus a été consigné.`,
    },
    remedy,
  });
}

function absent(file: string): AnklumeError {
  return new AnklumeError({
    code: 'no-such-file',
    message: { en: `There is no ${file}.`, fr: `${file} n'existe pas.` },
  });
}

function notCarried(file: string): AnklumeError {
  return new AnklumeError({
    code: 'file-unfit',
    message: {
      en: `${file} is a device, a socket or a pipe, which is not carried.`,
      fr: `${file} est un périphérique, un socket ou un tube : cela ne se transporte pas.`,
    },
  });
}

function tooLittleRoom(to: string, bytes: number): AnklumeError {
  const needed = Math.ceil(bytes / 2 ** 20);
  return new AnklumeError({
    code: 'disk-full',
    message: {
      en: `There is not enough room in ${to}: ${needed} MiB are needed. Nothing was written.`,
      fr: `Il n'y a pas assez de place dans ${to} : il faut ${needed} MiB. Rien n'a été écrit.`,
    },
  });
}
