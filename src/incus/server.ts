import type { Resources, ServerInfo, Warning, WireConfig } from './api/wire.ts';
import type { CallOptions } from './options.ts';
import type { Transport } from './transport.ts';
import { doing } from './words.ts';

/** The daemon's own description. */
export async function readServer(
  transport: Transport,
  options: CallOptions = {},
): Promise<ServerInfo> {
  const call = { ...options, method: 'GET', path: '/1.0', doing: doing('read', 'server') } as const;
  return (await transport.value<ServerInfo>(call)).value;
}

/** Sets keys of the daemon's own configuration. */
export async function writeServer(
  transport: Transport,
  config: WireConfig,
  options: CallOptions = {},
): Promise<void> {
  await transport.value<unknown>({
    ...options,
    method: 'PATCH',
    path: '/1.0',
    body: { config },
    doing: doing('change', 'server'),
  });
}

/** Processors, memory and graphics cards of the daemon's host. */
export async function readResources(
  transport: Transport,
  options: CallOptions = {},
): Promise<Resources> {
  const what = doing('read', 'resources');
  const call = { ...options, method: 'GET', path: '/1.0/resources', doing: what } as const;
  return (await transport.value<Resources>(call)).value;
}

/** What the daemon found wrong about itself and its host. */
export function readWarnings(transport: Transport, options: CallOptions): Promise<Warning[]> {
  return transport.list<Warning>({
    ...options,
    method: 'GET',
    path: '/1.0/warnings',
    query: { recursion: 1 },
    doing: doing('list', 'warnings'),
  });
}
