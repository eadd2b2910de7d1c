import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { grouped } from './grouped.ts';
import type { Entry } from './journal.ts';
import { ROOT } from './rooms.ts';

/** How many mutants of a room or a file had which end. */
interface Score {
  readonly mutants: number;
  readonly killed: number;
  readonly survived: number;
  /** No test passes by. */
  readonly uncovered: number;
  /** Of 100. */
  readonly score: number;
}

interface RoomScore extends Score {
  readonly date: string;
  /** Mutants of what is decided while a module loads that were left out. */
  readonly untried: number;
  readonly files: Readonly<Record<string, Score>>;
}

const KEPT = join(ROOT, 'docs/mutation-scores.json');

function scoreOf(entries: readonly Entry[]): Score {
  const count = (...outcomes: Entry['outcome'][]) =>
    entries.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const killed = count('killed', 'timeout');
  const survived = count('survived');
  const uncovered = count('uncovered');
  const mutants = killed + survived + uncovered;
  const score = mutants === 0 ? 100 : Math.round((killed / mutants) * 1000) / 10;
  return { mutants, killed, survived, uncovered, score };
}

function byFile(entries: readonly Entry[]): Map<string, Entry[]> {
  return grouped(entries, ({ mutant }) => mutant.file);
}

/** Puts the room's numbers into the kept report. */
export function keepScores(room: string, entries: readonly Entry[]): void {
  const kept: Record<string, RoomScore> = existsSync(KEPT)
    ? JSON.parse(readFileSync(KEPT, 'utf8'))
    : {};
  kept[room] = {
    date: new Date().toISOString().slice(0, 10),
    ...scoreOf(entries),
    untried: entries.filter(({ outcome }) => outcome === 'static').length,
    files: Object.fromEntries([...byFile(entries)].map(([file, own]) => [file, scoreOf(own)])),
  };
  writeFileSync(KEPT, `${JSON.stringify(kept, undefined, 2)}\n`);
}

export function told(room: string, entries: readonly Entry[]): string {
  const lines = [...byFile(entries), [room, entries] as const].map(([name, own]) => {
    const { mutants, killed, score } = scoreOf(own);
    return `${score.toFixed(1).padStart(5)} %  ${String(killed).padStart(5)} of ${String(mutants).padEnd(5)} ${name}`;
  });
  return lines.join('\n');
}

/** Those that no test noticed, with what stood there and what stood there instead. */
export function survivors(entries: readonly Entry[]): string {
  const left = entries.filter(({ outcome }) => outcome === 'survived' || outcome === 'uncovered');
  const lines = [...byFile(left)].flatMap(([file, own]) => {
    const source = readFileSync(join(ROOT, file), 'utf8').split('\n');
    return own.map(({ mutant: { line, column, kind, instead }, outcome }) =>
      [
        `${file}:${line}:${column} ${outcome} ${kind}`,
        `    ${source[line - 1]?.trim()}`,
        `  → ${instead.replace(/\s+/g, ' ').slice(0, 160)}`,
      ].join('\n'),
    );
  });
  return `${lines.join('\n')}\n`;
}
