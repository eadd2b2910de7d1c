import type { RawInfra } from './schema.ts';
import type { ResolveContext } from './types.ts';

/** What infra.yml may leave out. */
export const DEFAULTS = {
  baseSubnet: '10.100',
  image: 'images:debian/13',
  /** Part of the host that automatic shares leave alone. */
  hostReserve: '20%',
} as const;

/** `NNN-` in front of the names that Incus sees, or nothing when the file does not ask for it. A host without a level is 001. */
export function nestingPrefix(raw: RawInfra, context: ResolveContext): string {
  return raw.global?.nesting_prefix === true
    ? `${String(context.nesting.absoluteLevel ?? 1).padStart(3, '0')}-`
    : '';
}
