import { setMaxListeners } from 'node:events';
import type { Operation } from './api/wire.ts';
import type { Endpoint } from './endpoint.ts';
import { badAnswer, IncusError, isKind, lost, refused } from './errors.ts';
import { type Call, cutOff, exchange, isWrite, type RawAnswer } from './exchange.ts';
import type { Read } from './options.ts';

/** Every body of Incus has this shape; only `type` tells what it means, never the HTTP status alone. */
interface Envelope {
  readonly type: 'sync' | 'async' | 'error';
  readonly operation: string;
  readonly error: string;
  readonly error_code: number;
  readonly metadata: unknown;
}

export interface TransportOptions {
  /** Ends every call that is under way and refuses new ones. */
  readonly signal?: AbortSignal;
  /** Milliseconds of silence after which the daemon is taken for dead. Default: two minutes. */
  readonly patience?: number;
  /** Longest answer in bytes that is read into memory. Default: 256 MiB. */
  readonly longestAnswer?: number;
}

/** Longest time in seconds that one waiting request asks for; a dead daemon is noticed after it. */
const waitSeconds = 60;

/** The three ways to speak to the daemon: a raw exchange, one that gives a value, one that runs an operation. */
export class Transport {
  /** HTTP requests sent so far. */
  requests = 0;
  readonly endpoint: Endpoint;
  readonly #signal: AbortSignal | undefined;
  readonly #patience: number;
  readonly #longestAnswer: number;

  constructor(endpoint: Endpoint, options: TransportOptions = {}) {
    this.endpoint = endpoint;
    this.#signal = options.signal;
    if (options.signal) setMaxListeners(0, options.signal);
    this.#patience = options.patience ?? 120_000;
    this.#longestAnswer = options.longestAnswer ?? 256 * 1024 * 1024;
  }

  /** An answer that is not an error, with its body still to be read. */
  async raw(call: Call): Promise<RawAnswer> {
    const answer = await this.#exchange(call);
    if (answer.status < 400) return answer;
    const envelope = await this.#envelope(this.#bound(call), answer);
    throw refused(call.doing, answer.status, envelope.error);
  }

  /** The value of an answer that is complete at once, with its ETag. */
  async value<T>(call: Call): Promise<Read<T>> {
    const { envelope, headers } = await this.#ask(call);
    if (envelope.type !== 'sync') throw unexpectedType(call, envelope.type);
    return { value: envelope.metadata as T, etag: String(headers.etag ?? '') };
  }

  /** A list; the daemon writes an empty one as null in places. */
  async list<T>(call: Call): Promise<T[]> {
    const { value } = await this.value<T[] | null>(call);
    if (value === null) return [];
    if (Array.isArray(value)) return value;
    throw badAnswer(call.doing, 200, false, {
      en: 'it is not a list',
      fr: "ce n'est pas une liste",
    });
  }

  /** Sends the call and, when it started an operation, waits for its end. Gives what the operation left behind. */
  async run(call: Call): Promise<Operation | undefined> {
    const { envelope } = await this.#ask(call);
    return envelope.type === 'sync' ? undefined : this.wait(envelope.operation, call);
  }

  /** Starts an operation without waiting for it: its path, for `wait`, and what it says at the start. */
  async begin(call: Call): Promise<{ readonly path: string; readonly operation: Operation }> {
    const { envelope } = await this.#ask(call);
    if (envelope.type !== 'async') throw unexpectedType(call, envelope.type);
    return { path: envelope.operation, operation: envelope.metadata as Operation };
  }

  /**
   * Waits for the end of an operation, without limit. It is forgotten 5 s after its end,
   * so this is called at once; one that is no longer known has an unknown outcome.
   */
  async wait(operationPath: string, about: Pick<Call, 'doing' | 'signal'>): Promise<Operation> {
    const { pathname, search } = operationUrl(operationPath);
    const query = Object.fromEntries(new URLSearchParams(search));
    const read: Call = {
      method: 'GET',
      path: pathname,
      query,
      doing: about.doing,
      ...(about.signal && { signal: about.signal }),
    };
    const waiting: Call = {
      ...read,
      path: `${pathname}/wait`,
      query: { ...query, timeout: waitSeconds },
      patience: waitSeconds * 1000 + this.#patience,
    };
    for (;;) {
      const answered = await this.#waited(waiting, about);
      // Incus 6.0 answers with the operation's error; 7.0 with the operation, failed, ended or still running.
      const ended = answered ? endOf(answered, about) : await this.#ended(read, about);
      if (ended) return ended;
    }
  }

  /** One answer to the question for the end; undefined where something ran out of time. */
  async #waited(waiting: Call, about: Pick<Call, 'doing'>): Promise<Operation | undefined> {
    try {
      return (await this.value<Operation>(waiting)).value;
    } catch (error) {
      if (!isKind(error, 'timeout')) throw withoutOutcome(error, about);
      return undefined;
    }
  }

  /** Where the wait or the operation itself ran out of time: only the operation tells which. */
  async #ended(read: Call, about: Pick<Call, 'doing'>): Promise<Operation | undefined> {
    try {
      return endOf((await this.value<Operation>(read)).value, about);
    } catch (error) {
      throw withoutOutcome(error, about);
    }
  }

  async #ask(call: Call): Promise<{ envelope: Envelope; headers: RawAnswer['headers'] }> {
    const answer = await this.#exchange(call);
    const envelope = await this.#envelope(this.#bound(call), answer);
    if (envelope.type === 'error' || answer.status >= 400)
      throw refused(call.doing, envelope.error_code || answer.status, envelope.error);
    return { envelope, headers: answer.headers };
  }

  #exchange(call: Call): Promise<RawAnswer> {
    this.requests += 1;
    return exchange(this.endpoint, this.#bound(call), call.patience ?? this.#patience);
  }

  /** The call with the connection's own signal joined to it. */
  #bound(call: Call): Call {
    if (call.signal) setMaxListeners(0, call.signal);
    if (!this.#signal) return call;
    const signal = call.signal ? AbortSignal.any([call.signal, this.#signal]) : this.#signal;
    return { ...call, signal };
  }

  async #envelope(call: Call, answer: RawAnswer): Promise<Envelope> {
    const text = await this.#text(call, answer);
    let untrustedBody: unknown;
    try {
      untrustedBody = JSON.parse(text);
    } catch (error) {
      const why = { en: 'it is not JSON', fr: "ce n'est pas du JSON" };
      throw badAnswer(call.doing, answer.status, isWrite(call), why, error);
    }
    const envelope = asEnvelope(untrustedBody);
    if (envelope) return envelope;
    throw badAnswer(call.doing, answer.status, isWrite(call), {
      en: 'it is not what Incus answers',
      fr: "ce n'est pas ce que répond Incus",
    });
  }

  async #text(call: Call, answer: RawAnswer): Promise<string> {
    const chunks: Buffer[] = [];
    let length = 0;
    try {
      for await (const chunk of answer.body as AsyncIterable<Buffer>) {
        length += chunk.length;
        if (length > this.#longestAnswer)
          throw badAnswer(call.doing, answer.status, isWrite(call), {
            en: `it is longer than ${this.#longestAnswer} bytes`,
            fr: `elle dépasse ${this.#longestAnswer} octets`,
          });
        chunks.push(chunk);
      }
    } catch (error) {
      throw cutOff(call, error);
    }
    return Buffer.concat(chunks).toString('utf8');
  }
}

/** The operation when it has succeeded, undefined while it runs. Throws its own error. */
function endOf(operation: Operation, { doing }: Pick<Call, 'doing'>): Operation | undefined {
  const { status_code, err } = operation;
  if (status_code >= 400) throw refused(doing, status_code, err);
  return status_code < 200 ? undefined : operation;
}

/** The body as an envelope, or undefined when it has another shape. */
function asEnvelope(untrustedBody: unknown): Envelope | undefined {
  if (typeof untrustedBody !== 'object' || untrustedBody === null) return undefined;
  const { type, operation, error, error_code, metadata } = untrustedBody as Record<string, unknown>;
  if (type !== 'sync' && type !== 'async' && type !== 'error') return undefined;
  if (type === 'async' && typeof operation !== 'string') return undefined;
  return {
    type,
    operation: typeof operation === 'string' ? operation : '',
    error: typeof error === 'string' ? error : '',
    error_code: typeof error_code === 'number' ? error_code : 0,
    metadata,
  };
}

/** The path of an operation; its query names the cluster member's project and must be kept. */
function operationUrl(untrustedPath: string): URL {
  const url = new URL(untrustedPath, 'http://incus');
  if (/^\/1\.0\/operations\/[0-9a-f-]+$/i.test(url.pathname)) return url;
  const doing = { en: 'start an operation', fr: 'démarrer une opération' };
  throw badAnswer(doing, 202, true, {
    en: 'it names no operation',
    fr: 'elle ne nomme aucune opération',
  });
}

function unexpectedType(call: Call, type: string): IncusError {
  return badAnswer(call.doing, 200, isWrite(call), {
    en: `its type '${type}' was not expected`,
    fr: `son type « ${type} » n'était pas attendu`,
  });
}

/** While waiting, a vanished operation or a lost connection says nothing about what the operation did. */
function withoutOutcome(error: unknown, about: Pick<Call, 'doing'>): unknown {
  if (!(error instanceof IncusError)) return error;
  const vanished = error.status === 404 && /operation/i.test(error.untrustedWords);
  if (vanished)
    return lost(about.doing, true, {
      en: 'it no longer knows that operation',
      fr: 'il ne connaît plus cette opération',
    });
  if (error.kind !== 'unreachable') return error;
  const why = { en: 'the connection was lost', fr: 'la connexion a été perdue' };
  return lost(about.doing, true, why, error);
}
