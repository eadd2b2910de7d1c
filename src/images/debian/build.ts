import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AnklumeError, type Emit, ExitCode, silent } from '../../base/messages/index.ts';
import {
  acquireLock,
  cacheFolder,
  makeFolders,
  printable,
  writeAtomic,
} from '../../base/system/index.ts';
import { packDisk } from '../debian-vm/disk.ts';
import { requireDiskTools } from '../debian-vm/disk-tools.ts';
import { localAlias } from '../reference.ts';
import { type TarEntry, tar } from '../tar.ts';
import { bootstrap, type ConfinedOptions, confined } from './bootstrap.ts';
import { cached, imageFiles, record, type SplitImage } from './cache.ts';
import { furnishRoot } from './furnish-root.ts';
import { cacheName, type Recipe } from './recipe.ts';

export interface BuildOptions {
  readonly emit?: Emit;
  readonly signal?: AbortSignal;
}

const BUILD_PREFIX = 'build-';

/**
 * The files of a Debian image, built from packages on this machine and kept in the cache.
 * Several builders at once: one builds, the others wait for it. A build that was cut short leaves nothing that is used.
 */
export async function buildDebian(recipe: Recipe, options: BuildOptions = {}): Promise<SplitImage> {
  const folder = join(cacheFolder(), 'images');
  const found = await cached(folder, cacheName(recipe), recipe.type);
  if (found) return found;
  if (process.getuid?.() !== 0) throw needsRoot();
  if (recipe.type === 'virtual-machine') await requireDiskTools();
  const { emit = silent, signal } = options;
  await makeFolders(folder);
  await using _lock = await acquireLock(`image-build:${folder}`, {
    command: `image ${recipe.alias}`,
    wait: true,
    emit,
    ...(signal && { signal }),
  });
  const meanwhile = await cached(folder, cacheName(recipe), recipe.type);
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
  const id = `image:${localAlias(recipe.alias, recipe.type)}`;
  const root = join(work, 'rootfs');
  const common = { ...(signal && { signal }) };
  const onErrorLine = (untrustedLine: string): void => {
    const words = printable(untrustedLine.replace(/^I: /, ''));
    if (untrustedLine.startsWith('I: '))
      emit({ type: 'step.progress', id, text: { en: words, fr: words } });
  };
  await bootstrap(recipe, root, { ...common, onErrorLine });
  await furnishRoot(recipe, root);
  const packed = join(work, 'packed');
  const pack = recipe.type === 'virtual-machine' ? packDisk : packSquashfs;
  await pack(root, packed, common);
  const name = cacheName(recipe);
  const image = imageFiles(folder, name, recipe.type);
  await writeAtomic(image.metadata, tar(metadataEntries(recipe)));
  await rename(packed, image.rootfs);
  return record(folder, name, image);
}

/** Without device nodes: Incus makes those of a container, and one inside a container could not unpack them. */
function packSquashfs(root: string, target: string, options: ConfinedOptions): Promise<void> {
  const compression = ['-comp', 'zstd', '-Xcompression-level', '3', '-no-progress'];
  const excluded = ['-wildcards', '-e', 'dev/*'];
  return confined(['mksquashfs', root, target, ...compression, ...excluded], options);
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
