import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AnklumeError, type Emit, ExitCode, silent } from '../../messages/index.ts';
import {
  acquireLock,
  aptMirrors,
  cacheFolder,
  printable,
  run,
  writeAtomic,
} from '../../system/index.ts';
import { type TarEntry, tar } from '../tar.ts';
import { cached, record, type SplitImage } from './cache.ts';
import { furnishRoot } from './furnish-root.ts';
import { cacheName, type Recipe } from './recipe.ts';

export interface BuildOptions {
  readonly emit?: Emit;
  readonly signal?: AbortSignal;
}

/** Milliseconds for a whole build: 40 s with a near mirror on two cores, minutes over a slow line. */
const BUILD_LIMIT = 20 * 60_000;

const BUILD_PREFIX = 'build-';

/**
 * The files of a Debian image, built from packages on this machine and kept in the cache.
 * Several builders at once: one builds, the others wait for it. A build that was cut short leaves nothing that is used.
 */
export async function buildDebian(recipe: Recipe, options: BuildOptions = {}): Promise<SplitImage> {
  const folder = join(cacheFolder(), 'images');
  const found = await cached(folder, cacheName(recipe));
  if (found) return found;
  if (process.getuid?.() !== 0) throw needsRoot();
  const { emit = silent, signal } = options;
  await mkdir(folder, { recursive: true });
  await using _lock = await acquireLock(`image-build:${folder}`, {
    command: `image ${recipe.alias}`,
    wait: true,
    emit,
    ...(signal && { signal }),
  });
  const meanwhile = await cached(folder, cacheName(recipe));
  if (meanwhile) return meanwhile;
  await removeAbandoned(folder);
  const work = join(folder, `${BUILD_PREFIX}${process.pid}`);
  await mkdir(work, { mode: 0o700 });
  try {
    return await build(recipe, folder, work, options);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** With the lock held, every build folder is one of a builder that died. */
async function removeAbandoned(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(BUILD_PREFIX));
  for (const name of names) await rm(join(folder, name), { recursive: true, force: true });
}

async function build(
  recipe: Recipe,
  folder: string,
  work: string,
  { emit = silent, signal }: BuildOptions,
): Promise<SplitImage> {
  const id = `image:${recipe.alias}`;
  const root = join(work, 'rootfs');
  await confined(bootstrapCommand(recipe, await aptMirrors(), root), signal, (untrustedLine) => {
    const words = printable(untrustedLine.replace(/^I: /, ''));
    if (untrustedLine.startsWith('I: '))
      emit({ type: 'step.progress', id, text: { en: words, fr: words } });
  });
  await furnishRoot(recipe, root);
  const squashed = join(work, 'rootfs.squashfs');
  await confined(
    [
      ...['mksquashfs', root, squashed, '-comp', 'zstd', '-Xcompression-level', '3'],
      '-no-progress',
    ],
    signal,
  );
  const rootfs = join(folder, `${cacheName(recipe)}.squashfs`);
  const metadata = join(folder, `${cacheName(recipe)}.meta.tar`);
  await writeAtomic(metadata, tar(metadataEntries(recipe)));
  await rename(squashed, rootfs);
  return record(folder, cacheName(recipe), { metadata, rootfs });
}

/** The arguments that make a root file system from packages. */
function bootstrapCommand(
  recipe: Recipe,
  mirrors: { readonly main: string; readonly security?: string },
  root: string,
): string[] {
  const excluded = ['doc/*', 'man/*', 'info/*', 'locale/*/LC_MESSAGES/*'];
  const sources = [`deb ${mirrors.main} ${recipe.suite} main`];
  if (mirrors.security !== undefined)
    sources.push(`deb ${mirrors.security} ${recipe.suite}-security main`);
  return [
    ...['mmdebstrap', '--mode=root', '--variant=minbase', '--format=directory'],
    `--architectures=${recipe.architecture}`,
    `--include=${recipe.packages.join(',')}`,
    '--aptopt=Acquire::Languages "none"',
    ...excluded.map((path) => `--dpkgopt=path-exclude=/usr/share/${path}`),
    ...[recipe.suite, root, ...sources],
  ];
}

/**
 * Runs a program in mount and PID namespaces of its own that end with this process, however it ends:
 * no mount in the new root and no package script outlives a build.
 */
async function confined(
  argv: readonly string[],
  signal: AbortSignal | undefined,
  onErrorLine: (untrustedLine: string) => void = () => {},
): Promise<void> {
  const cage = ['setpriv', '--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork'];
  await run([...cage, '--kill-child', '--mount-proc', '--propagation', 'private', ...argv], {
    timeout: BUILD_LIMIT,
    killSignal: 'SIGKILL',
    onErrorLine,
    env: { LC_ALL: 'C.UTF-8', SOURCE_DATE_EPOCH: '1700000000' },
    ...(signal && { signal }),
  });
}

function metadataEntries({ metadata }: Recipe): TarEntry[] {
  const entries: TarEntry[] = [{ kind: 'folder', path: 'templates' }];
  for (const [path, text] of Object.entries(metadata))
    entries.push({ kind: 'file', path, bytes: Buffer.from(text) });
  return entries;
}

function needsRoot(): AnklumeError {
  return new AnklumeError({
    code: 'needs-root',
    exit: ExitCode.environment,
    message: {
      en: 'building an image from packages needs root',
      fr: 'construire une image à partir de paquets demande les droits de root',
    },
  });
}
