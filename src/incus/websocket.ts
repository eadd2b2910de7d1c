import type { RawData, WebSocket } from 'ws';
import type { Text } from '../base/messages/index.ts';
import type { Endpoint } from './endpoint.ts';
import { lost } from './errors.ts';

export interface SocketListener {
  /** While a returned promise is pending nothing more is read: a slow listener slows the sender, not the memory. */
  onData?(chunk: Buffer): void | Promise<void>;
  /** A text frame; an empty one is Incus' end of stream. `close` says goodbye, as `Socket.close` does. */
  onText?(text: string, close: () => void): void;
  /** The connection is over, whatever the reason. Called once. */
  onEnd?(): void;
}

/** An open websocket: what our rooms need of it. */
export interface Socket {
  /** Resolves when the bytes are handed to the kernel; false when the connection is over. */
  send(data: string | Uint8Array): Promise<boolean>;
  /** Says goodbye; what is on its way still arrives. */
  close(): void;
  /** Ends the connection at once. */
  terminate(): void;
}

/** Milliseconds for the upgrade; the daemon gives up on missing exec sockets after 5 s itself. */
const handshakeTimeout = 10_000;

/** Opens a websocket on a connection of its own. The library is loaded on first use. */
export async function openSocket(
  endpoint: Endpoint,
  path: string,
  listener: SocketListener,
  doing: Text,
): Promise<Socket> {
  const { WebSocket: Client } = await import('ws');
  const socket = new Client(`ws://incus${path}`, {
    perMessageDeflate: false,
    handshakeTimeout,
    createConnection: () => endpoint.open(),
  });
  listen(socket, listener);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', (error) => {
      const why = { en: 'no stream could be opened', fr: "aucun flux n'a pu être ouvert" };
      reject(lost(doing, true, why, error));
    });
  });
  return {
    send: (data) =>
      new Promise((resolve) => {
        if (socket.readyState !== socket.OPEN) resolve(false);
        else socket.send(data, (error) => resolve(!error));
      }),
    close: () => socket.close(),
    terminate: () => socket.terminate(),
  };
}

function listen(socket: WebSocket, { onData, onText, onEnd }: SocketListener): void {
  socket.on('message', (data: RawData, isBinary: boolean) => {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.concat([data].flat() as Uint8Array[]);
    if (!isBinary) return onText?.(bytes.toString('utf8'), () => socket.close());
    const pending = onData?.(bytes);
    if (!pending) return;
    socket.pause();
    void pending.then(
      () => socket.resume(),
      () => socket.terminate(),
    );
  });
  // Without a listener an error would end the process; the close that follows it tells the rest.
  socket.on('error', () => {});
  socket.once('close', () => onEnd?.());
}
