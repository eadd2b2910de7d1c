import type { Observed } from './observed.ts';
import { findLeftovers, orphanOf, removals } from './orphans.ts';
import type { Plan } from './plan.ts';
import type { Scope } from './selection.ts';

/**
 * Removal of everything that carries the mark of `projectName`, each object after its users. What is protected is
 * refused, and with it what it stands on; with `force` it goes too. Objects of others are not even looked at, and what
 * they use stays.
 */
export function computeFlush(
  projectName: string,
  observed: Observed,
  { force = false }: { readonly force?: boolean } = {},
): Plan {
  const all: Scope = { domains: [], covers: () => true };
  const leftovers = findLeftovers(projectName, observed, new Map(), all, { disposables: true });
  const entries = removals(leftovers, new Map(), { force, reason: flushed, release: byForce });
  const present = new Set(entries.map(({ id }) => id));
  return {
    projectName,
    entries: entries.map((entry) => ({
      ...entry,
      needs: entry.needs.filter((need) => present.has(need)),
    })),
    unchanged: 0,
    orphans: leftovers.map(orphanOf),
    notes: [],
  };
}

const byForce = {
  en: "'anklume flush --force' removes it too.",
  fr: '« anklume flush --force » le supprime aussi.',
};

const flushed = {
  en: 'belongs to this infrastructure, all of which is removed',
  fr: 'appartient à cette infrastructure, entièrement supprimée',
};
