import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a peer does with the text of one request; it may send anything, or nothing, or end the connection. */
export type Behaviour = (connection: Socket, requestText: string, index: number) => void;

/** A real peer on a real socket, for answers that a healthy daemon never gives. Only for tests. */
export interface Peer extends AsyncDisposable {
  readonly socket: string;
  readonly requests: string[];
}

/** Listens on a socket of its own until disposed. */
export async function startPeer(behave: Behaviour): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), 'peer-'));
  const socket = join(folder, 'socket');
  const requests: string[] = [];
  const connections = new Set<Socket>();
  const server: Server = createServer((connection) => {
    connections.add(connection);
    connection.on('error', () => {});
    connection.on('close', () => connections.delete(connection));
    connection.on('data', (bytes) => {
      requests.push(bytes.toString('utf8'));
      behave(connection, bytes.toString('utf8'), requests.length - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    requests,
    [Symbol.asyncDispose]: async () => {
      for (const connection of connections) connection.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A whole HTTP answer with this body. */
export function answer(body: string, status = '200 OK', type = 'application/json'): string {
  const length = Buffer.byteLength(body);
  return `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n${body}`;
}

/** A well-formed answer of Incus. */
export function sync(metadata: unknown): string {
  return answer(JSON.stringify({ type: 'sync', status_code: 200, metadata }));
}
