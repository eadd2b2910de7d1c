import type { Finding } from './finding.ts';
import type { RawInfra } from './schema.ts';

/** Adds what follows from the settings. */
export function enrich(raw: RawInfra): {
  readonly raw: RawInfra;
  readonly findings: readonly Finding[];
} {
  return { raw, findings: [] };
}
