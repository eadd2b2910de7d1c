import { access, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isMapping } from './mapping.ts';
import type { HostFiles } from './types.ts';

/** Paths looked at; a document that names more has the rest judged as written. */
const MOST = 2000;

/** Follows the links of this host at the paths that the devices of a document name, whatever its shape. */
export async function lookAtFiles(untrustedDocument: unknown): Promise<HostFiles> {
  const files = new Map<string, { readonly real: string; readonly socket: boolean }>();
  await Promise.all(
    [...pathsIn(untrustedDocument)].slice(0, MOST).map(async (path) => {
      const found = await lookAt(path);
      if (found) files.set(path, found);
    }),
  );
  return files;
}

async function lookAt(path: string): Promise<{ real: string; socket: boolean } | undefined> {
  const real = await whereTo(resolve('/', path));
  if (real === undefined) return undefined;
  try {
    const facts = await stat(real);
    return { real, socket: facts.isSocket() || (await holdsSocket(real)) };
  } catch {
    return { real, socket: false };
  }
}

/** Links in a row that the kernel follows. */
const MOST_LINKS = 40;

/** Where a path leads; also where nothing is yet at the end of its links, as something may be when the machine starts. */
async function whereTo(path: string, left = MOST_LINKS): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    if (left === 0 || path === '/') return undefined;
    const folder = await whereTo(dirname(path), left - 1);
    if (folder === undefined) return undefined;
    const here = join(folder, basename(path));
    const link = await readlink(here).catch(() => undefined);
    return link === undefined ? here : whereTo(resolve(folder, link), left - 1);
  }
}

/** Where a daemon of Incus keeps its socket. */
async function holdsSocket(folder: string): Promise<boolean> {
  return access(join(folder, 'unix.socket')).then(
    () => true,
    () => false,
  );
}

function pathsIn(document: unknown): Set<string> {
  const domains = values(isMapping(document) ? document.domains : undefined);
  const holders = domains.flatMap((domain) =>
    isMapping(domain)
      ? [domain.machines, domain.instances, domain.profiles].flatMap((group) => values(group))
      : [],
  );
  const shares = values(isMapping(document) ? document.shared_volumes : undefined).map((share) =>
    isMapping(share) ? { type: 'disk', source: share.source } : undefined,
  );
  const devices = holders.flatMap((holder) =>
    values(isMapping(holder) ? holder.devices : undefined),
  );
  const paths = [...devices, ...shares].flatMap((device) => {
    if (!isMapping(device) || typeof device.type !== 'string') return [];
    const isUnix = device.type.trim().toLowerCase().startsWith('unix-');
    return [device.source, isUnix ? device.path : undefined];
  });
  return new Set(
    paths.flatMap((path) => (typeof path === 'string' && path.trim() !== '' ? [path.trim()] : [])),
  );
}

function values(group: unknown): unknown[] {
  return isMapping(group) ? Object.values(group) : [];
}
