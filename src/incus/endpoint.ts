import { Agent, type ClientRequest, type RequestOptions, request } from 'node:http';
import { connect as connectSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Text } from '../base/messages/index.ts';

/** Where a daemon listens and how bytes get there: the only thing that differs between local and remote. */
export interface Endpoint {
  /** `unix:/run/incus/unix.socket` or `https://host:8443`, for messages. */
  readonly where: string;
  /** What helps when nobody listens there, where that is known better than of any daemon. */
  readonly remedy?: Text;
  /** Starts one HTTP request on a kept connection. */
  request(options: RequestOptions): ClientRequest;
  /** Opens a connection of its own, for a websocket. */
  open(): Duplex;
  /** The event that a new connection gives when it can carry a request. */
  readonly ready: 'connect' | 'secureConnect';
  close(): void;
}

/**
 * The daemon closes idle connections after 30.0 s; ours end before that, so that no write is ever
 * sent into a connection that is just being closed.
 */
export const keepAliveMilliseconds = 20_000;

/** Reads gain nothing from more than about 32 connections; long waits each hold one. */
export const connectionLimit = 256;

/** The daemon on this machine. Nothing is opened before the first request. */
export function unixEndpoint(socketPath: string, remedy?: Text): Endpoint {
  const agent = new Agent({
    keepAlive: true,
    timeout: keepAliveMilliseconds,
    maxSockets: connectionLimit,
  });
  // Without a name for TLS, Node derives one, and builds an expression for IPv6 addresses to do so: 5 ms.
  const place = { socketPath, host: 'incus', servername: '' };
  return {
    where: `unix:${socketPath}`,
    ...(remedy && { remedy }),
    request: (options) => request({ ...options, ...place, agent }),
    open: () => connectSocket({ path: socketPath }),
    ready: 'connect',
    close: () => agent.destroy(),
  };
}
