import type { Text } from './text.ts';

export type Severity = 'error' | 'warning';

/** Where in a file something stands. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The source line, shown under the message with a caret at the column. */
  readonly source?: string;
}

/** One finding: what is wrong, where, and what to do about it. Plain JSON. */
export interface Problem {
  /** Stable, kebab-case, listed in the docs' error gallery: `duplicate-address`. */
  readonly code: string;
  readonly severity: Severity;
  /** Path of keys from the top of the document: `['domains', 'pro', 'machines', 'pro-dev', 'ip']`. */
  readonly path: readonly string[];
  readonly place?: Place;
  /** A second place that the first conflicts with, such as the other holder of an address. */
  readonly related?: Place;
  readonly message: Text;
  readonly remedy?: Text;
}

/** The findings that forbid going on. */
export function errorsOf(problems: readonly Problem[]): Problem[] {
  return problems.filter((problem) => problem.severity === 'error');
}

/** The findings that are told and then passed over. */
export function warningsOf(problems: readonly Problem[]): Problem[] {
  return problems.filter((problem) => problem.severity === 'warning');
}
