import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Project } from './api/wire.ts';
import { IncusError, isKind, isNotFound } from './errors.ts';
import { at } from './exchange.ts';
import { exportImage } from './image-export.ts';
import type { ProjectOptions } from './options.ts';
import type { Transport } from './transport.ts';
import { doing } from './words.ts';

/** What a machine is made from: a name or a fingerprint of an image. */
export type Source = Readonly<Record<string, unknown>>;

/** Copies that are under way, so that machines which are made at the same time share one. */
const copies = new Map<string, Promise<void>>();

/**
 * Images of ours stand in the default project. A project that was made by others may keep images of its own: where one
 * is missing there, it gets a copy. False where that was not why a machine could not be made.
 */
export async function provideImage(
  transport: Transport,
  source: Source,
  project: string | undefined,
  error: unknown,
): Promise<boolean> {
  // Whether a lost call was carried out is not known: it is not repeated.
  const mayBeAbsent =
    error instanceof IncusError &&
    !isKind(error, 'unreachable', 'unknown-outcome', 'timeout', 'already-exists');
  if (!mayBeAbsent || source.type !== 'image' || project === undefined || project === 'default')
    return false;
  const { alias, fingerprint } = source;
  const target =
    typeof fingerprint === 'string' ? fingerprint : await targetOf(transport, String(alias));
  if (target === undefined || !(await hasOwnImages(transport, project))) return false;
  const hasAlready =
    typeof alias === 'string'
      ? (await targetOf(transport, alias, project)) !== undefined
      : await isThere(transport, target, project);
  if (hasAlready) return false;
  const key = `${project}/${target}`;
  const copy = copies.get(key) ?? copyInto(transport, target, project);
  copies.set(key, copy);
  try {
    await copy;
    if (typeof alias === 'string') await name(transport, alias, target, project);
  } finally {
    copies.delete(key);
  }
  return true;
}

async function hasOwnImages(transport: Transport, project: string): Promise<boolean> {
  const { value } = await transport.value<Project>({
    method: 'GET',
    path: at`/1.0/projects/${project}`,
    doing: doing('read', 'project', project),
  });
  return value.config['features.images'] === 'true';
}

async function targetOf(
  transport: Transport,
  alias: string,
  project?: string,
): Promise<string | undefined> {
  return orNothing(async () => {
    const { value } = await transport.value<{ readonly target: string }>({
      method: 'GET',
      path: at`/1.0/images/aliases/${alias}`,
      query: { project },
      doing: doing('read', 'alias', alias),
    });
    return value.target;
  });
}

async function isThere(transport: Transport, image: string, project: string): Promise<boolean> {
  const found = await orNothing(() =>
    transport.value({
      method: 'GET',
      path: at`/1.0/images/${image}`,
      query: { project },
      doing: doing('read', 'image', image),
    }),
  );
  return found !== undefined;
}

async function orNothing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Its bytes go out of the daemon and in again: between projects of one daemon there is no other way. */
async function copyInto(
  transport: Transport,
  fingerprint: string,
  project: string,
  options: ProjectOptions = {},
): Promise<void> {
  if (await isThere(transport, fingerprint, project)) return;
  const parts = exportImage(transport, fingerprint, options);
  const first = await parts.next();
  if (first.done) return;
  const boundary = randomBytes(24).toString('hex');
  async function* joined(): AsyncGenerator<Buffer> {
    for (let part = first; !part.done; part = await parts.next()) {
      yield Buffer.from(
        `\r\n--${boundary}\r\nContent-Disposition: form-data; name="${part.value.name}"; ` +
          `filename="${part.value.name}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
      );
      yield* part.value.bytes;
    }
    yield Buffer.from(`\r\n--${boundary}--\r\n`);
  }
  const isWhole = first.value.name === 'unified';
  const bytes = isWhole ? first.value.bytes : joined();
  try {
    await transport.run({
      method: 'POST',
      path: '/1.0/images',
      query: { project },
      upload: { open: () => Readable.from(bytes) },
      headers: isWhole ? {} : { 'content-type': `multipart/form-data; boundary=${boundary}` },
      doing: doing('import', 'image', fingerprint),
    });
  } catch (error) {
    // Somebody else brought it meanwhile.
    if (!isKind(error, 'already-exists')) throw error;
  } finally {
    await parts.return(undefined);
  }
}

async function name(
  transport: Transport,
  alias: string,
  target: string,
  project: string,
): Promise<void> {
  try {
    await transport.run({
      method: 'POST',
      path: '/1.0/images/aliases',
      query: { project },
      body: { name: alias, target },
      doing: doing('create', 'alias', alias),
    });
  } catch (error) {
    if (!isKind(error, 'already-exists')) throw error;
  }
}
