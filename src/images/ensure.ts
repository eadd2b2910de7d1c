import { AnklumeError, type Emit, silent, step, type Text } from '../base/messages/index.ts';
import { type Host, printable } from '../base/system/index.ts';
import type { Incus, InstanceType } from '../incus/index.ts';
import { debianRecipe, type Recipe } from './debian/recipe.ts';
import { ubuntuRecipe } from './debian/ubuntu.ts';
import { debianVmRecipe } from './debian-vm/recipe.ts';
import { download, imageServer } from './download.ts';
import { imageMissing, type Reason } from './missing.ts';
import { probeImage } from './probe.ts';
import { localAlias, parseReference, type Reference } from './reference.ts';
import { imageFolders } from './store/folder.ts';
import { findStored, importStored } from './store/import.ts';

export interface EnsureOptions {
  /** What is to be made from the image. Default: a container. */
  readonly type?: InstanceType;
  readonly emit?: Emit;
  readonly signal?: AbortSignal;
  /** Where the daemon runs, to find out quickly what it can reach; absent for a remote. */
  readonly host?: Host;
  /** Seconds that a download may stand still. Default 600; 30 where the image can be built. */
  readonly timeoutSeconds?: number;
  /** Where exported images are looked for first. Default: `imageFolder()`. */
  readonly folder?: string;
  /** Build Debian images from packages where the image server does not give them. Default: true. */
  readonly build?: boolean;
}

/**
 * Sees to it that the daemon has the image, and gives its fingerprint. An image that is present under the alias is
 * always good enough; then folders of exported images are looked through; then the image server is asked, when it
 * answers; then Debian images are built from packages.
 */
export async function ensureImage(
  incus: Incus,
  reference: string,
  options: EnsureOptions = {},
): Promise<string> {
  const wanted = parseReference(reference);
  const present = await presentImage(incus, reference, options);
  if (present !== undefined) return present;
  const label = { en: `Fetching the image ${reference}`, fr: `Obtention de l'image ${reference}` };
  const id = stepId(reference, options);
  return step(options.emit ?? silent, { id, label }, () =>
    obtain(incus, reference, wanted, options),
  );
}

/** An image under the alias; for a virtual machine also one that people imported under the name without `/vm`. */
async function presentImage(
  incus: Incus,
  reference: string,
  { type = 'container', signal }: EnsureOptions,
): Promise<string | undefined> {
  const common = { ...(signal && { signal }) };
  const alias = localAlias(reference, type);
  const present = await incus.images.alias(alias, common);
  const { alias: plain } = parseReference(reference);
  if (present !== undefined || plain === alias) return present;
  const other = await incus.images.alias(plain, common);
  if (other === undefined || (await incus.images.get(other, common)).value.type !== type)
    return undefined;
  await incus.images.createAlias(alias, other, common);
  return other;
}

function stepId(reference: string, { type = 'container' }: EnsureOptions): string {
  return `image:${localAlias(reference, type)}`;
}

async function obtain(
  incus: Incus,
  reference: string,
  wanted: Reference,
  options: EnsureOptions,
): Promise<string> {
  const { alias } = wanted;
  const { type = 'container' } = options;
  const aliases = [localAlias(reference, type)];
  const common = { ...(options.signal && { signal: options.signal }) };
  if (alias === 'probe' && type === 'container')
    return incus.images.importFile(await probeImage(), { ...common, aliases });
  const reasons: Reason[] = [];
  const stored = await findStored(imageFolders(options.folder), aliases[0] ?? alias, type);
  const fromFolder =
    stored &&
    (await attempt(reasons, folderWords(stored.folder), options.signal, () =>
      importStored(incus, stored.folder, stored.image, aliases, options.signal),
    ));
  if (fromFolder !== undefined) return fromFolder;
  if (wanted.remote === 'local') throw imageMissing(reference, wanted, reasons);
  const recipe = options.build === false ? undefined : recipeFor(alias, type);
  const fromServer = await attempt(reasons, await serverWords(wanted), options.signal, () =>
    download(incus, reference, {
      type,
      host: options.host,
      signal: options.signal,
      hasOtherWay: recipe !== undefined,
      timeoutSeconds: options.timeoutSeconds,
      onProgress: (untrustedWords) => tellProgress(reference, options, untrustedWords),
    }),
  );
  if (fromServer !== undefined) return fromServer;
  if (!recipe) throw imageMissing(reference, wanted, reasons);
  const built = await attempt(reasons, BUILD_WORDS, options.signal, async () => {
    // Loaded when it is needed: most runs never build.
    const { buildDebian } = await import('./debian/build.ts');
    const files = await buildDebian(recipe, options);
    return incus.images.importSplit(files.metadata, files.rootfs, { ...common, type, aliases });
  });
  if (built === undefined) throw imageMissing(reference, wanted, reasons);
  return built;
}

/** What an image is built from where no server gives it; undefined for one that cannot be. */
function recipeFor(alias: string, type: InstanceType): Recipe | undefined {
  if (type === 'virtual-machine') return debianVmRecipe(alias);
  return debianRecipe(alias) ?? ubuntuRecipe(alias);
}

const BUILD_WORDS: Text = {
  en: 'Building it from packages',
  fr: 'Sa construction à partir de paquets',
};

async function serverWords({ remote }: Reference): Promise<Text> {
  const server = await imageServer(remote);
  const where = server === undefined ? remote : `${remote} (${server.url})`;
  return { en: `The remote ${where}`, fr: `Le dépôt ${where}` };
}

function folderWords(folder: string): Text {
  return { en: `The folder ${folder}`, fr: `Le dossier ${folder}` };
}

function tellProgress(reference: string, options: EnsureOptions, untrustedWords: string): void {
  const words = printable(untrustedWords);
  options.emit?.({
    type: 'step.progress',
    id: stepId(reference, options),
    text: { en: words, fr: words },
  });
}

/** Runs one way to get the image; a failure is kept as a reason and the next way is tried. */
async function attempt(
  reasons: Reason[],
  way: Text,
  signal: AbortSignal | undefined,
  work: () => Promise<string>,
): Promise<string | undefined> {
  try {
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof AnklumeError)) throw error;
    reasons.push({ way, why: error.text });
    return undefined;
  }
}
