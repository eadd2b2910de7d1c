import type { InstanceType, Operation } from './api/wire.ts';
import { badAnswer } from './errors.ts';
import type { Call } from './exchange.ts';
import type { CallOptions } from './options.ts';
import type { Transport } from './transport.ts';
import { doing, quoted } from './words.ts';

export interface CopyOptions extends CallOptions {
  /** Such as `https://images.linuxcontainers.org`. */
  readonly server: string;
  readonly protocol: 'simplestreams' | 'incus';
  /** The name of the image on that server, such as `debian/13`. */
  readonly alias: string;
  readonly type?: InstanceType;
  /** PEM of that server's certificate, where no known authority signed it. */
  readonly certificate?: string;
  /** Made to name the image here, whatever it named before. */
  readonly localAlias?: string;
  /** The daemon's own words about the download, such as `rootfs: 43% (5.1MB/s)`; about once a second. */
  readonly onProgress?: (words: string) => void;
}

const progressMilliseconds = 1000;

/** Lets the daemon fetch an image from an image server; gives its fingerprint. Present already is a success. */
export async function copyFromServer(transport: Transport, options: CopyOptions): Promise<string> {
  const what = doing('copy', 'image', `${options.server} ${options.alias}`);
  const { signal } = options;
  const call: Call = { method: 'POST', path: '/1.0/images', body: bodyOf(options), doing: what };
  const bounded = { ...call, ...(signal && { signal }) };
  const { path } = await transport.begin(bounded);
  const watching = options.onProgress && watch(transport, path, options.onProgress);
  try {
    const operation = await transport.wait(path, bounded);
    const fingerprint = operation.metadata?.fingerprint;
    if (typeof fingerprint === 'string') return fingerprint;
    throw badAnswer(what, 200, true, { en: 'it names no image', fr: 'elle ne nomme aucune image' });
  } catch (error) {
    if (signal?.aborted) await cancel(transport, path);
    throw error;
  } finally {
    clearInterval(watching);
  }
}

function bodyOf({ server, protocol, alias, type, certificate }: CopyOptions): object {
  return {
    source: {
      type: 'image',
      mode: 'pull',
      server,
      protocol,
      alias,
      image_type: type ?? 'container',
      ...(certificate && { certificate }),
    },
    auto_update: false,
    public: false,
  };
}

/** Milliseconds for the daemon to hear that nobody waits any more. */
const CANCEL_LIMIT = 5000;

/** Nobody waits for the image any more. A daemon that goes on all the same does no harm. */
async function cancel(transport: Transport, path: string): Promise<void> {
  const [pathname = ''] = path.split('?');
  const signal = AbortSignal.timeout(CANCEL_LIMIT);
  const what = doing('cancel', 'operation');
  await transport
    .run({ method: 'DELETE', path: pathname, doing: what, signal })
    .catch(() => undefined);
}

/** Reads the operation now and then for its progress; a reading that fails is only progress not shown. */
function watch(
  transport: Transport,
  path: string,
  onProgress: (words: string) => void,
): NodeJS.Timeout {
  const [pathname = ''] = path.split('?');
  const call = { method: 'GET', path: pathname, doing: doing('read', 'operation') } as const;
  return setInterval(() => {
    transport.value<Operation>(call).then(
      ({ value }) => {
        const words = value.metadata?.download_progress;
        if (typeof words === 'string') onProgress(quoted(words));
      },
      () => {},
    );
  }, progressMilliseconds);
}
