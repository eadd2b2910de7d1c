import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { unixEndpoint } from './endpoint.ts';
import { type StreamItem, streamEvents } from './events.ts';
import { Transport } from './transport.ts';

const folder = mkdtempSync(join(tmpdir(), 'events-'));
const socket = join(folder, 'socket');
let server: Server;
let behave: (client: WebSocket, index: number) => void = () => {};
let connections = 0;

beforeAll(async () => {
  server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end('{"type":"sync","metadata":{}}');
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (client) => behave(client, connections++));
  await new Promise<void>((resolve) => server.listen(socket, resolve));
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const event = (name: string) =>
  JSON.stringify({ type: 'lifecycle', timestamp: '', metadata: { action: name, source: '' } });

const nameOf = (item: StreamItem) => (item.type === 'lifecycle' ? item.metadata.action : item.type);

describe('streamEvents', () => {
  it('tells the gap of a lost connection, skips what is no event, ends when aborted', async () => {
    connections = 0;
    behave = (client, index) => {
      client.send('not json');
      client.send('{"type":"lifecycle"}');
      client.send(event(`event-${index}`));
      if (index < 2) client.close();
    };
    const controller = new AbortController();
    const seen: string[] = [];
    const transport = new Transport(unixEndpoint(socket));
    for await (const item of streamEvents(transport, ['lifecycle'], controller.signal)) {
      seen.push(nameOf(item));
      if (seen.length === 5) controller.abort();
    }
    expect(seen).toEqual(['event-0', 'gap', 'event-1', 'gap', 'event-2']);
  });

  it('a reader that leaves closes the connection', async () => {
    const closed = new Promise<void>((resolve) => {
      behave = (client) => {
        client.once('close', () => resolve());
        client.send(event('one'));
      };
    });
    const transport = new Transport(unixEndpoint(socket));
    const { signal } = new AbortController();
    for await (const item of streamEvents(transport, ['lifecycle'], signal)) {
      expect(nameOf(item)).toBe('one');
      break;
    }
    await closed;
  });

  it('throws when nobody listens at the start', async () => {
    const transport = new Transport(unixEndpoint(join(folder, 'none')));
    const stream = streamEvents(transport, ['lifecycle'], new AbortController().signal);
    await expect(stream.next()).rejects.toMatchObject({ code: expect.stringMatching(/^incus-/) });
  });
});
