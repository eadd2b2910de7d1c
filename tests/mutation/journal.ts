import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import type { Mutant } from './instrument.ts';

export type Outcome = 'killed' | 'timeout' | 'survived' | 'uncovered' | 'static';

/** A line of the journal: what became of a mutant, or that it is being tried. */
export interface Entry {
  readonly mutant: Mutant;
  readonly outcome: Outcome | 'tried';
  /** The test that noticed. */
  readonly by?: string;
}

export function append(journal: string, entry: Entry): void {
  appendFileSync(journal, `${JSON.stringify(entry)}\n`);
}

/** The newest line about each mutant, by its id, the last line last. */
export function readJournal(journal: string): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const line of readFileSync(journal, 'utf8').split('\n')) {
    if (line === '') continue;
    const entry: Entry = JSON.parse(line);
    entries.delete(entry.mutant.id);
    entries.set(entry.mutant.id, entry);
  }
  return entries;
}

/** Forgets all but what tests noticed. */
export function keepKilled(journal: string): void {
  const killed = [...readJournal(journal).values()].filter(
    ({ outcome }) => outcome === 'killed' || outcome === 'timeout',
  );
  writeFileSync(journal, killed.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
}
