import type { Incus, InstanceType } from '../incus/index.ts';
import { AnklumeError, type Emit, silent, step, type Text } from '../messages/index.ts';
import { type Host, printable } from '../system/index.ts';
import { debianRecipe } from './debian/recipe.ts';
import { debianVmRecipe } from './debian-vm/recipe.ts';
import { imageMissing, type Reason } from './missing.ts';
import { probeImage } from './probe.ts';
import { isReachable } from './reachable.ts';
import { localAlias, parseReference, type Reference, serverOf } from './reference.ts';

export interface EnsureOptions {
  /** What is to be made from the image. Default: a container. */
  readonly type?: InstanceType;
  readonly emit?: Emit;
  readonly signal?: AbortSignal;
  /** Where the daemon runs, to find out quickly what it can reach; absent for a remote. */
  readonly host?: Host;
  /** Build Debian images from packages where the image server does not give them. Default: true. */
  readonly build?: boolean;
}

/**
 * Sees to it that the daemon has the image, and gives its fingerprint. An image that is present under the alias is
 * always good enough; then the image server is asked, when it answers; then Debian images are built from packages.
 */
export async function ensureImage(
  incus: Incus,
  reference: string,
  options: EnsureOptions = {},
): Promise<string> {
  const wanted = parseReference(reference);
  const present = await presentImage(incus, reference, options);
  if (present !== undefined) return present;
  if (wanted.remote === 'local') throw imageMissing(reference, wanted, []);
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
  const fromServer = await attempt(reasons, serverWords(wanted), options.signal, () =>
    copy(incus, reference, wanted, options),
  );
  if (fromServer !== undefined) return fromServer;
  const recipeFor = type === 'virtual-machine' ? debianVmRecipe : debianRecipe;
  const recipe = options.build === false ? undefined : recipeFor(alias);
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

const BUILD_WORDS: Text = {
  en: 'Building it from packages',
  fr: 'Sa construction à partir de paquets',
};

function serverWords({ remote }: Reference): Text {
  const server = serverOf(remote);
  const where = server === undefined ? remote : `${remote} (${server})`;
  return { en: `The remote ${where}`, fr: `Le dépôt ${where}` };
}

/** Lets the daemon copy the image from its server. */
async function copy(
  incus: Incus,
  reference: string,
  { remote, alias }: Reference,
  options: EnsureOptions,
): Promise<string> {
  const { host, signal, emit = silent, type = 'container' } = options;
  const server = serverOf(remote);
  if (server === undefined)
    throw new AnklumeError({
      code: 'remote-unknown',
      message: { en: 'no such remote is known', fr: "ce dépôt n'est pas connu" },
    });
  if (!(await isReachable(server, host))) throw silentServer();
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(), STALL_LIMIT);
  try {
    return await incus.images.copyFromServer({
      server,
      protocol: 'simplestreams',
      alias,
      type,
      localAlias: localAlias(reference, type),
      signal: AbortSignal.any([stalled.signal, ...(signal ? [signal] : [])]),
      onProgress: (untrustedWords) => {
        timer.refresh();
        const words = printable(untrustedWords);
        emit({
          type: 'step.progress',
          id: stepId(reference, options),
          text: { en: words, fr: words },
        });
      },
    });
  } catch (error) {
    throw stalled.signal.aborted ? silentServer() : error;
  } finally {
    clearTimeout(timer);
  }
}

/** Milliseconds without a sign of progress after which a server that took the connection counts as dead. */
const STALL_LIMIT = 30_000;

function silentServer(): AnklumeError {
  return new AnklumeError({
    code: 'remote-unreachable',
    message: { en: 'it does not answer', fr: 'il ne répond pas' },
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
