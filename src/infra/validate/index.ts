import type { Finding } from '../finding.ts';
import type { RawInfra } from '../schema.ts';
import type { ResolveContext } from '../types.ts';

/** Runs every rule; each reports all it finds. */
export function validate(_raw: RawInfra, _context: ResolveContext): Finding[] {
  return [];
}
