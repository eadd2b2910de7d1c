import type { Finding } from './finding.ts';
import type { RawResourcePolicy } from './schema.ts';
import type { Domain, HostResources } from './types.ts';

/** Shares out the host. */
export function shareResources(
  domains: readonly Domain[],
  _policy: RawResourcePolicy | boolean | undefined,
  _host: HostResources | undefined,
): { readonly domains: readonly Domain[]; readonly findings: readonly Finding[] } {
  return { domains, findings: [] };
}
