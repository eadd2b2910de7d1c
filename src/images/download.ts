import { AnklumeError } from '../base/messages/index.ts';
import type { Host } from '../base/system/index.ts';
import type { Incus, InstanceType } from '../incus/index.ts';
import { findImageServer, type ImageServer } from '../incus/index.ts';
import { isReachable } from './reachable.ts';
import { localAlias, parseReference, serverOf } from './reference.ts';

/** Seconds that a download may stand still before it is given up: `incus_images_download_timeout`. */
const DOWNLOAD_SECONDS = 600;

/** The same where the image can be had another way: then waiting is worth less. */
const IMPATIENT_SECONDS = 30;

export interface DownloadOptions {
  readonly type: InstanceType;
  /** Where the daemon runs; absent for a remote. */
  readonly host?: Host | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The image can be made here as well. */
  readonly hasOtherWay: boolean;
  readonly timeoutSeconds?: number | undefined;
  /** The daemon's own words: `rootfs: 43% (5.10MB/s)`. */
  readonly onProgress: (untrustedWords: string) => void;
}

/**
 * Lets the daemon download an image. The limit is on standing still, not on the whole: a slow line may take its time
 * for as long as something comes. Throws `remote-unknown`, `remote-unreachable` or `download-timeout`.
 */
export async function download(
  incus: Incus,
  reference: string,
  { type, host, signal, hasOtherWay, timeoutSeconds, onProgress }: DownloadOptions,
): Promise<string> {
  const { remote, alias } = parseReference(reference);
  const server = await imageServer(remote);
  if (!server) throw unknown();
  if (!(await isReachable(server.url, host))) throw unreachable();
  const seconds = standstillLimit(timeoutSeconds, hasOtherWay);
  using watch = new Standstill(seconds);
  try {
    return await incus.images.copyFromServer({
      server: server.url,
      ...(server.certificate !== undefined && { certificate: server.certificate }),
      protocol: 'simplestreams',
      alias,
      type,
      localAlias: localAlias(reference, type),
      signal: AbortSignal.any([watch.signal, ...(signal ? [signal] : [])]),
      onProgress: (words) => {
        watch.hear(words);
        onProgress(words);
      },
    });
  } catch (error) {
    throw watch.signal.aborted ? stoodStill(seconds, watch.last) : error;
  }
}

/** Seconds that a download may stand still. */
export function standstillLimit(declared: number | undefined, hasOtherWay: boolean): number {
  const limit = declared ?? DOWNLOAD_SECONDS;
  return hasOtherWay ? Math.min(limit, IMPATIENT_SECONDS) : limit;
}

/** Aborts its signal when nothing new was heard for so many seconds. */
export class Standstill implements Disposable {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  /** What was heard last. */
  last = '';

  constructor(seconds: number) {
    this.#timer = setTimeout(() => this.#controller.abort(), seconds * 1000);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The daemon repeats what it said last while nothing comes: that is no news. */
  hear(words: string): void {
    if (words !== this.last) this.#timer.refresh();
    this.last = words;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/** The server that people's `incus` client knows by this name, or one that every client knows. */
export async function imageServer(remote: string): Promise<ImageServer | undefined> {
  const own = await findImageServer(remote);
  if (own) return own;
  const url = serverOf(remote);
  return url === undefined ? undefined : { url };
}

function unknown(): AnklumeError {
  return new AnklumeError({
    code: 'remote-unknown',
    message: { en: 'no such remote is known', fr: "ce dépôt n'est pas connu" },
  });
}

function unreachable(): AnklumeError {
  return new AnklumeError({
    code: 'remote-unreachable',
    message: { en: 'it does not answer', fr: 'il ne répond pas' },
  });
}

function stoodStill(seconds: number, untrustedWords: string): AnklumeError {
  const at = untrustedWords === '' ? '' : ` (${untrustedWords})`;
  return new AnklumeError({
    code: 'download-timeout',
    message: {
      en: `nothing has come from it for ${seconds} s${at}; incus_images_download_timeout is the limit`,
      fr: `rien n'en est venu depuis ${seconds} s${at} ; la limite est incus_images_download_timeout`,
    },
  });
}
