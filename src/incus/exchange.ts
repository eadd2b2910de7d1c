import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Text } from '../base/messages/index.ts';
import type { Endpoint } from './endpoint.ts';
import { IncusError, lost } from './errors.ts';
import { unreachable } from './unreachable.ts';

/** A body that is streamed: opened only when the daemon has agreed to read it. */
export interface Upload {
  readonly open: () => Readable;
  /** Exact length in bytes; without it the body is sent in chunks that carry their own. */
  readonly length?: number;
}

/** One HTTP request as the rooms above see it. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  /** Already percent-encoded; build it with `at`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON, unless it is bytes or an upload. */
  readonly body?: object;
  readonly upload?: Uint8Array | Upload;
  readonly headers?: Readonly<Record<string, string>>;
  readonly etag?: string;
  readonly signal?: AbortSignal;
  readonly doing: Text;
  /** Milliseconds of silence after which the daemon is taken for dead; default: the transport's. */
  readonly patience?: number;
}

/** An answer whose body is still to be read. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: IncomingMessage;
}

/** True where repeating the call could repeat an effect. */
export function isWrite(call: Call): boolean {
  return call.method !== 'GET' && call.method !== 'HEAD';
}

/** `at`/1.0/networks/${name}``: a path with every name percent-encoded; a name that would leave its place is refused. */
export function at(parts: TemplateStringsArray, ...names: readonly string[]): string {
  return parts.reduce((path, part, index) => path + encoded(names[index - 1] ?? '') + part);
}

function encoded(name: string): string {
  if (name !== '' && name !== '.' && name !== '..') return encodeURIComponent(name);
  throw new IncusError({
    status: 0,
    kind: 'invalid',
    message: {
      en: `'${name}' cannot be the name of anything in Incus.`,
      fr: `« ${name} » ne peut être le nom de rien dans Incus.`,
    },
  });
}

interface Attempt {
  readonly request: ClientRequest;
  /** Whether bytes of the request can have reached the daemon. */
  sent: boolean;
  answered: boolean;
  /** What ended the source of an upload before its time. */
  broken?: Error;
}

/**
 * One HTTP exchange up to the answer's headers. Throws the signal's reason when aborted,
 * `unreachable` when no daemon heard it, `unknown-outcome` when a write was cut off.
 */
export async function exchange(
  endpoint: Endpoint,
  call: Call,
  patience: number,
): Promise<RawAnswer> {
  call.signal?.throwIfAborted();
  const attempt: Attempt = {
    request: start(endpoint, call, patience),
    sent: false,
    answered: false,
  };
  const { request } = attempt;
  request.once('socket', (socket) => {
    if (socket.connecting) socket.once(endpoint.ready, () => (attempt.sent = true));
    else attempt.sent = true;
  });
  request.on('timeout', () => request.destroy(new Silence(patience)));
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
  sendBody(attempt, call);
  try {
    const body = await answer;
    attempt.answered = true;
    return { status: body.statusCode ?? 0, headers: body.headers, body };
  } catch (error) {
    call.signal?.throwIfAborted();
    if (attempt.broken) throw attempt.broken;
    if (!attempt.sent) throw unreachable(endpoint.where, call.doing, error, endpoint.remedy);
    if (request.reusedSocket && !isWrite(call) && !(error instanceof Silence))
      return exchange(endpoint, call, patience);
    throw cutOff(call, error);
  }
}

function start(endpoint: Endpoint, call: Call, patience: number): ClientRequest {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(call.query ?? {}))
    if (value !== undefined) query.set(key, String(value));
  const path = query.size > 0 ? `${call.path}?${query}` : call.path;
  const headers: Record<string, string> = { ...call.headers };
  if (call.etag) headers['if-match'] = call.etag;
  if (call.body) headers['content-type'] = 'application/json';
  if (call.upload) {
    headers['content-type'] ??= 'application/octet-stream';
    if (call.upload.length === undefined) headers['transfer-encoding'] = 'chunked';
    else headers['content-length'] = String(call.upload.length);
    if (!(call.upload instanceof Uint8Array)) headers.expect = '100-continue';
  }
  return endpoint.request({
    method: call.method,
    path,
    headers,
    timeout: patience,
    ...(call.signal && { signal: call.signal }),
  });
}

/** A streamed body waits for `100 Continue`: a refusal then arrives before anything was sent in vain. */
function sendBody(attempt: Attempt, call: Call): void {
  const { request } = attempt;
  const { upload } = call;
  if (upload && !(upload instanceof Uint8Array)) {
    request.once('continue', () => {
      const source = upload.open();
      // Heard before the request is torn down for it, so that this reason and not its shadow is told.
      source.once('error', (error: Error) => {
        attempt.broken = error;
      });
      pipeline(source, request).catch((error: Error) => request.destroy(error));
    });
    request.flushHeaders();
  } else if (upload) request.end(upload);
  else if (call.body) request.end(JSON.stringify(call.body));
  else request.end();
}

/** The error for a connection that ended, or a daemon that fell silent, in the middle of `call`. */
export function cutOff(call: Call, error: unknown): Error {
  call.signal?.throwIfAborted();
  if (error instanceof IncusError) return error;
  if (error instanceof Silence) {
    const seconds = Math.round(error.milliseconds / 1000);
    return lost(call.doing, isWrite(call), {
      en: `nothing was heard from it for ${seconds} s`,
      fr: `rien n'est venu de lui pendant ${seconds} s`,
    });
  }
  const why = { en: 'the connection was lost', fr: 'la connexion a été perdue' };
  return lost(call.doing, isWrite(call), why, error);
}

/** Nothing came for so long that the daemon is taken for dead. */
class Silence extends Error {
  readonly milliseconds: number;
  constructor(milliseconds: number) {
    super('silence');
    this.milliseconds = milliseconds;
  }
}
