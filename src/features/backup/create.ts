import { open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Emit, silent, step, type Text } from '../../base/messages/index.ts';
import { acquireLock, firstFree, makeFolders } from '../../base/system/index.ts';
import type { BackupStream, Incus } from '../../incus/index.ts';
import type { Desired } from '../../world/tree/index.ts';
import { checkRoom, type Written, writeArchive } from './archive.ts';
import { chooseItems, type Item } from './choose.ts';
import { withExport } from './export.ts';
import { plainAllTheSame } from './form.ts';
import { look } from './look.ts';
import {
  type Archive,
  CHECKSUMS,
  checksumsText,
  MANIFEST,
  type Manifest,
  manifestText,
} from './manifest.ts';
import { archiveName, type Content, folderName, stampOf } from './names.ts';
import { dropPart, finishPart, makePart, removeParts } from './part.ts';
import { projectFiles } from './project-files.ts';
import { type Protection, protect } from './protection.ts';
import { backupLock } from './recover.ts';

export interface CreateOptions {
  /** The folder of the project: infra.yml and the tree. */
  readonly root: string;
  readonly desired: Desired;
  /** A domain or a machine; everything without it. */
  readonly scope?: string;
  /** Folder that holds backups. */
  readonly to: string;
  readonly protection: Protection;
  /** A compression program of the daemon's host, perhaps with options. Default: gzip at its fastest. */
  readonly compression?: string;
  readonly optimized?: boolean;
  readonly withoutSnapshots?: boolean;
  /** Of this program, for the manifest. */
  readonly version: string;
  readonly emit?: Emit;
  readonly signal?: AbortSignal;
}

export interface Created {
  readonly folder: string;
  readonly manifest: Manifest;
  /** Declared machines that are not on the daemon. */
  readonly missing: readonly string[];
}

/**
 * Every host can read it. On the root of a Debian the first level takes 0.57 of the time of the daemon's own choice,
 * the sixth, and 1.07 of its room.
 */
const COMPRESSION = 'gzip -1';

/** Archives that are made at once: the daemon compresses each on one processor. */
const AT_ONCE = 2;

/**
 * Backs up machines with their volumes, and the files of the project. The folder gets its name when all of it is
 * written; an error, an interruption or a full disk leaves nothing behind, and what a killed run left is removed.
 */
export async function createBackup(incus: Incus, options: CreateOptions): Promise<Created> {
  const { to, emit = silent, signal } = options;
  const waiting = { command: 'backup', wait: true, emit, ...(signal && { signal }) };
  await using _daemon = await acquireLock(backupLock(incus), waiting);
  await using _folder = await acquireLock(`backups:${to}`, waiting);
  const seen = await look(incus);
  const { items, missing } = chooseItems(options.desired, options.scope, seen);
  const plain = options.optimized ? plainAllTheSame(items, seen) : undefined;
  if (plain) emit(plain);
  await makeFolders(to, 0o700);
  await removeParts(to);
  const created = new Date();
  const name = await freeName(to, options, created);
  const partial = await makePart(to);
  try {
    const archives = await writeAll(incus, partial, items, options, stampOf(created));
    const manifest: Manifest = {
      format: 1,
      anklume: options.version,
      incus: (await incus.server()).environment.server_version,
      created: created.toISOString(),
      infrastructure: options.desired.projectName,
      scope: options.scope ?? null,
      protection: options.protection.kind,
      archives,
    };
    await writeFile(join(partial, CHECKSUMS), checksumsText(manifest), { mode: 0o600 });
    await writeFile(join(partial, MANIFEST), manifestText(manifest), { mode: 0o600, flush: true });
    await syncFolder(partial);
    const folder = await finishPart(partial, name);
    await syncFolder(to);
    return { folder, manifest, missing };
  } catch (error) {
    await dropPart(partial).catch(() => {});
    throw error;
  }
}

async function freeName(
  to: string,
  { desired, scope }: CreateOptions,
  created: Date,
): Promise<string> {
  const name = folderName(desired.projectName, scope, stampOf(created));
  return firstFree(name, new Set(await readdir(to)));
}

async function writeAll(
  incus: Incus,
  folder: string,
  items: readonly Item[],
  options: CreateOptions,
  stamp: string,
): Promise<Archive[]> {
  const archives: Archive[] = [{ kind: 'files', ...(await writeFiles(folder, options, stamp)) }];
  const queue = [...items];
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);
  const worker = async () => {
    for (let item = queue.shift(); item; item = queue.shift())
      archives.push(await writeItem(incus, folder, item, { ...options, signal }, stamp));
  };
  const workers = Array.from({ length: AT_ONCE }, () =>
    worker().catch((error: unknown) => {
      // The others stop too, but the first error is the one that is told.
      failed.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(workers);
  options.signal?.throwIfAborted();
  failed.signal.throwIfAborted();
  return archives.sort((a, b) => (a.file < b.file ? -1 : 1));
}

async function writeFiles(folder: string, options: CreateOptions, stamp: string) {
  const file = nameOf({ kind: 'files' }, { ...options, compression: COMPRESSION }, stamp);
  const stream = protect(projectFiles(options.root, options.emit ?? silent), options.protection);
  return { file, ...(await writeArchive(join(folder, file), stream)) };
}

async function writeItem(
  incus: Incus,
  folder: string,
  item: Item,
  options: CreateOptions,
  stamp: string,
): Promise<Archive> {
  const { source } = item;
  const { emit = silent, protection } = options;
  const id = `backup:${source.project}/${source.name}`;
  const chosen = { ...options, compression: options.compression ?? COMPRESSION };
  const file = nameOf(source, chosen, stamp);
  const about = { id, label: labelOf(source), domain: item.domain };
  const written = await step(emit, about, () =>
    withExport(incus, source, chosen, async (stream): Promise<Written> => {
      await checkRoom(folder, stream.length);
      const bytes = protect(told(stream, id, emit), protection);
      return writeArchive(join(folder, file), bytes);
    }),
  );
  if (!('running' in item)) return { ...item.source, domain: item.domain, file, ...written };
  const { running, volumes, domain } = item;
  return { ...item.source, domain, running, volumes: [...volumes], file, ...written };
}

function nameOf(
  content: Content,
  { compression, protection }: CreateOptions & { readonly compression: string },
  stamp: string,
) {
  return archiveName(content, stamp, { compression, encrypted: protection.kind !== 'none' });
}

function labelOf({ kind, name }: Item['source']): Text {
  return kind === 'instance'
    ? { en: `Back up ${name}`, fr: `Sauvegarder ${name}` }
    : { en: `Back up the volume ${name}`, fr: `Sauvegarder le volume ${name}` };
}

/** The stream, with its progress told about once for each hundredth. */
async function* told({ length, bytes }: BackupStream, id: string, emit: Emit) {
  let done = 0;
  let shown = 0;
  for await (const chunk of bytes) {
    done += chunk.length;
    yield chunk;
    if (done - shown < Math.max(length / 100, 2 ** 20)) continue;
    shown = done;
    const words = `${(done / 2 ** 20).toFixed(0)} / ${(length / 2 ** 20).toFixed(0)} MiB`;
    emit({ type: 'step.progress', id, text: { en: words, fr: words }, fraction: done / length });
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
