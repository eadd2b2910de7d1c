import type { Endpoint } from '../endpoint.ts';
export async function remoteEndpoint(_name: string, _configDir?: string): Promise<Endpoint> {
  throw new Error('not built yet');
}
