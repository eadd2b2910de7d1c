import { unixEndpoint } from './endpoint.ts';
import { Incus } from './incus.ts';
import { Transport, type TransportOptions } from './transport.ts';

/** A socket of this machine, or a remote of the `incus` client's own configuration. */
export type Target =
  | { readonly socket: string }
  | { readonly remote: string; readonly configDir?: string };

/** Opens the door to a daemon; no request is sent before the first call. */
export async function connect(target: Target, options: TransportOptions = {}): Promise<Incus> {
  if ('socket' in target) return new Incus(new Transport(unixEndpoint(target.socket), options));
  const { remoteEndpoint } = await import('./remote/endpoint.ts');
  return new Incus(new Transport(await remoteEndpoint(target.remote, target.configDir), options));
}
