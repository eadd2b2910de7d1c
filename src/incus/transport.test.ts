import { describe, expect, it } from 'vitest';
import { AnklumeError } from '../base/messages/index.ts';
import { unixEndpoint } from './endpoint.ts';
import { IncusError } from './errors.ts';
import { answer, type Behaviour, type Peer, startPeer, sync } from './test-peer.ts';
import { Transport, type TransportOptions } from './transport.ts';

const doing = { en: 'read it', fr: 'le lire' };
const get = { method: 'GET', path: '/1.0/x', doing } as const;
const put = { method: 'PUT', path: '/1.0/x', body: { a: '1' }, doing } as const;

async function withPeer(
  behave: Behaviour,
  use: (transport: Transport, peer: Peer) => Promise<void>,
  options: TransportOptions = {},
): Promise<void> {
  await using peer = await startPeer(behave);
  const transport = new Transport(unixEndpoint(peer.socket), { patience: 200, ...options });
  await use(transport, peer);
  transport.endpoint.close();
}

async function failureOf(work: Promise<unknown>): Promise<IncusError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof IncusError) return error;
  throw new Error(`not an IncusError: ${String(error)}`);
}

const broken: readonly [string, string][] = [
  ['is not JSON', answer('hello')],
  ['is JSON of another shape', answer('[1,2]')],
  ['is null', answer('null')],
  ['has an unknown type', answer('{"type":"later","metadata":{}}')],
  ['starts an operation without naming it', answer('{"type":"async"}', '202 Accepted')],
  ['is a page of HTML with status 200', answer('<html>', '200 OK', 'text/html')],
  ['is cut in the middle of the JSON', answer('{"type":"sync","metadata":{"a')],
  ['is empty', answer('')],
];

describe('answers that a daemon never gives', () => {
  it.each(broken)('a body that %s is explained, in both languages', async (_name, text) => {
    await withPeer(
      (connection) => connection.write(text),
      async (transport) => {
        const reading = await failureOf(transport.value(get));
        expect(reading.kind).toBe('failed');
        expect(reading.code).toBe('incus-bad-answer');
        expect(reading.text.en).toContain('read it');
        expect(reading.text.fr).toContain('le lire');
        const writing = await failureOf(transport.run(put));
        expect(writing.kind).toBe('unknown-outcome');
      },
    );
  });

  it('an HTML page with status 500 is a failure, also of a write', async () => {
    await withPeer(
      (connection) => connection.write(answer('<h1>500</h1>', '500 Oops', 'text/html')),
      async (transport) => expect((await failureOf(transport.run(put))).kind).toBe('failed'),
    );
  });

  it('a body shorter than it was said to be is a lost connection', async () => {
    await withPeer(
      (connection) => connection.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"type"'),
      async (transport) => {
        expect((await failureOf(transport.value(get))).kind).toBe('unreachable');
        expect((await failureOf(transport.run(put))).kind).toBe('unknown-outcome');
      },
    );
  });

  it('what is no HTTP at all ends in an explained error', async () => {
    await withPeer(
      (connection) => connection.write('SSH-2.0-OpenSSH_9.2\r\n'),
      async (transport) => {
        const error = await failureOf(transport.value(get));
        expect(error).toBeInstanceOf(AnklumeError);
        expect(error.exit).toBe(4);
      },
    );
  });

  it('an endless answer is cut at the limit', async () => {
    await withPeer(
      (connection) => {
        connection.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
        const more = () => {
          if (!connection.destroyed) connection.write(`10000\r\n${'x'.repeat(0x10000)}\r\n`, more);
        };
        more();
      },
      async (transport) => {
        const error = await failureOf(transport.value(get));
        expect(error.code).toBe('incus-bad-answer');
        expect(error.text.en).toContain('1000000 bytes');
      },
      { longestAnswer: 1_000_000 },
    );
  });

  it('a list that is no list is refused, null is an empty one', async () => {
    await withPeer(
      (connection, _text, index) => connection.write(index === 0 ? sync({}) : sync(null)),
      async (transport) => {
        expect((await failureOf(transport.list(get))).code).toBe('incus-bad-answer');
        expect(await transport.list(get)).toEqual([]);
      },
    );
  });

  it('an operation path that leads elsewhere is never asked', async () => {
    const body = { type: 'async', operation: 'http://evil/1.0/instances/x', metadata: {} };
    await withPeer(
      (connection) => connection.write(answer(JSON.stringify(body), '202 Accepted')),
      async (transport, peer) => {
        expect((await failureOf(transport.run(put))).kind).toBe('unknown-outcome');
        expect(peer.requests).toHaveLength(1);
      },
    );
  });

  it("the daemon's words reach no terminal unescaped and are cut", async () => {
    const error = `\u001b[31mred\u0007 ${'long '.repeat(10_000)}`;
    const body = JSON.stringify({ type: 'error', error, error_code: 500 });
    await withPeer(
      (connection) => connection.write(answer(body, '500 Oops')),
      async (transport) => {
        const { message } = await failureOf(transport.run(put));
        expect(message).toContain('\\x1b[31mred\\x07');
        expect(message.length).toBeLessThan(1200);
      },
    );
  });
});

describe('silence and lost connections', () => {
  it('a daemon that says nothing is given up: a read is lost, a write has an unknown outcome', async () => {
    await withPeer(
      () => {},
      async (transport) => {
        const reading = await failureOf(transport.value(get));
        expect([reading.kind, reading.exit]).toEqual(['unreachable', 4]);
        expect((await failureOf(transport.run(put))).kind).toBe('unknown-outcome');
      },
    );
  });

  it('a daemon that stops in the middle of its answer is given up', async () => {
    await withPeer(
      (connection) => connection.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"type"'),
      async (transport) => expect((await failureOf(transport.value(get))).kind).toBe('unreachable'),
    );
  });

  it('a read on a kept connection that just died is sent once more; a write never is', async () => {
    await withPeer(
      (connection, text, index) => {
        if (index % 2 === 0 || text.startsWith('GET /again')) connection.write(sync({}));
        else connection.destroy();
      },
      async (transport, peer) => {
        await transport.value(get);
        await transport.value({ ...get });
        expect(peer.requests).toHaveLength(3);
        expect((await failureOf(transport.run(put))).kind).toBe('unknown-outcome');
        expect(peer.requests.filter((text) => text.startsWith('PUT'))).toHaveLength(1);
      },
    );
  });

  it('no listener, no socket, no right to it: each its own code, all exit 4', async () => {
    const peer = await startPeer(() => {});
    await peer[Symbol.asyncDispose]();
    const absent = await failureOf(new Transport(unixEndpoint(peer.socket)).run(put));
    expect([absent.kind, absent.code, absent.exit]).toEqual(['unreachable', 'incus-missing', 4]);
    const remedy = { en: 'start it so', fr: 'ainsi' };
    const known = await failureOf(new Transport(unixEndpoint(peer.socket, remedy)).run(put));
    expect([known.code, known.remedy]).toEqual(['incus-missing', remedy]);
    const plain = new Transport(unixEndpoint(new URL(import.meta.url).pathname));
    const refused = await failureOf(plain.run(put));
    expect([refused.kind, refused.code, refused.exit]).toEqual([
      'unreachable',
      'incus-not-running',
      4,
    ]);
  });

  it('an aborted call ends at once with the reason', async () => {
    await withPeer(
      () => {},
      async (transport) => {
        const controller = new AbortController();
        const call = transport.value({ ...get, signal: controller.signal });
        setTimeout(() => controller.abort(new Error('enough')), 20);
        await expect(call).rejects.toThrow('enough');
        await expect(transport.value({ ...get, signal: controller.signal })).rejects.toThrow(
          'enough',
        );
      },
    );
  });
});

describe('waiting for an operation', () => {
  const id = '/1.0/operations/0a6bb8f4-0000-4000-8000-000000000000';
  const started = answer(
    JSON.stringify({ type: 'async', operation: `${id}?project=pro`, metadata: {} }),
    '202 Accepted',
  );
  const error = (words: string, code: number) =>
    answer(JSON.stringify({ type: 'error', error: words, error_code: code }), '200 OK');

  it('an error inside an answer of status 200 is an error', async () => {
    await withPeer(
      (connection, text) =>
        connection.write(text.startsWith('PUT') ? started : error('Instance not found', 404)),
      async (transport, peer) => {
        expect((await failureOf(transport.run(put))).kind).toBe('not-found');
        expect(peer.requests[1]).toContain(`GET ${id}/wait?project=pro&timeout=60`);
      },
    );
  });

  it('an operation that is no longer known has an unknown outcome', async () => {
    const gone = answer(
      JSON.stringify({ type: 'error', error: 'Operation not found', error_code: 404 }),
      '404 Not Found',
    );
    await withPeer(
      (connection, text) => connection.write(text.startsWith('PUT') ? started : gone),
      async (transport) =>
        expect((await failureOf(transport.run(put))).kind).toBe('unknown-outcome'),
    );
  });

  it('a connection that ends while waiting leaves an unknown outcome', async () => {
    await withPeer(
      (connection, text) => {
        if (text.startsWith('PUT')) connection.write(started);
        else connection.destroy();
      },
      async (transport) =>
        expect((await failureOf(transport.run(put))).kind).toBe('unknown-outcome'),
    );
  });

  it('a wait that ran out of time goes on while the operation runs', async () => {
    const late = error('context deadline exceeded', 500);
    const running = sync({ id: 'x', status_code: 103, err: '' });
    const done = sync({ id: 'x', status_code: 200, err: '', metadata: { a: 1 } });
    await withPeer(
      (connection, _text, index) => connection.write([started, late, running, done][index] ?? ''),
      async (transport) => expect(await transport.run(put)).toMatchObject({ metadata: { a: 1 } }),
    );
  });

  it('Incus 7.0 gives a failed operation as an answer, and one that still runs when the time of a wait is up', async () => {
    const running = sync({ id: 'x', status_code: 103, err: '' });
    const failed = sync({ id: 'x', status_code: 400, err: 'Instance is protected' });
    await withPeer(
      (connection, _text, index) => connection.write([started, running, failed][index] ?? ''),
      async (transport, peer) => {
        expect((await failureOf(transport.run(put))).kind).toBe('protected');
        expect(peer.requests).toHaveLength(3);
      },
    );
  });

  it('an operation that itself ran out of time is a timeout', async () => {
    const late = error('context deadline exceeded', 500);
    const failed = sync({ id: 'x', status_code: 400, err: 'context deadline exceeded' });
    await withPeer(
      (connection, _text, index) => connection.write([started, late, failed][index] ?? ''),
      async (transport) => expect((await failureOf(transport.run(put))).kind).toBe('timeout'),
    );
  });
});
