import { STAMP } from '../../engine/index.ts';
import type { MachinePlace } from '../../site/index.ts';

/** One safety snapshot: of which machine, under which name. */
export interface SafetySnapshot extends MachinePlace {
  readonly snapshot: string;
  /** Restores: whether the machine ran before, which a run that is gone on with cannot see any more. */
  readonly ran?: boolean;
}

/** `begun` is also what a killed run leaves. */
export type State = 'begun' | 'done' | 'failed';

/**
 * One apply, rollback or restore that changed the world, as it is kept on disk. Its snapshots hold what the machines
 * held before it; its files are the tree that it brought about.
 */
export interface GenerationRecord {
  readonly number: number;
  /** `20261122-031500` UTC: when it began; part of its snapshots' names, and unique. */
  readonly stamp: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** ISO 8601; absent while it runs and when it was cut off. */
  readonly finishedAt?: string;
  readonly kind: 'apply' | 'rollback' | 'restore';
  readonly state: State;
  /** Rollbacks: where to. */
  readonly target?: Target;
  /** Rollbacks: `PROJECT/INSTANCE` of the machines whose data is back, for the run that goes on with a cut-off one. */
  readonly returned?: readonly string[];
  /** Restores: the snapshot that was gone back to. */
  readonly to?: string;
  /** Ids of the machines and volumes that it removed. */
  readonly removed?: readonly string[];
  /** What the run was limited to: a domain or a machine. */
  readonly limit?: string;
  /** Kinds of objects that the run was limited to. */
  readonly kinds?: readonly string[];
  /** Machines were removed by name: what `removed` says is all that was touched. */
  readonly byName?: true;
  readonly snapshots: readonly SafetySnapshot[];
  /** Objects that it created, changed and removed; while `begun`, and so of a killed run, those that it meant to. */
  readonly counts: Counts;
  /** Its snapshots were removed since. */
  readonly cleaned?: boolean;
  /** Whether the tree is kept beside. */
  readonly hasFiles: boolean;
}

export interface Counts {
  readonly created: number;
  readonly changed: number;
  readonly removed: number;
}

/** A point to go back to. */
export interface Target {
  /** The generation whose shape comes back; 0 where none is known and only data can come back. */
  readonly shape: number;
  /** The first record whose snapshots are younger than that point. */
  readonly since: number;
}

/** A record that was read from disk, or undefined where it is damaged. */
export function parseRecord(untrustedText: string): GenerationRecord | undefined {
  let untrusted: unknown;
  try {
    untrusted = JSON.parse(untrustedText);
  } catch {
    return undefined;
  }
  return isRecord(untrusted) ? untrusted : undefined;
}

function isRecord(untrusted: unknown): untrusted is GenerationRecord {
  if (typeof untrusted !== 'object' || untrusted === null) return false;
  const {
    number,
    stamp,
    startedAt,
    finishedAt,
    kind,
    state,
    target,
    to,
    removed,
    returned,
    limit,
    kinds,
    byName,
    snapshots,
    counts,
    hasFiles,
  } = untrusted as Record<string, unknown>;
  return (
    Number.isInteger(number) &&
    isText(stamp) &&
    STAMP.test(stamp) &&
    isText(startedAt) &&
    (finishedAt === undefined || isText(finishedAt)) &&
    (kind === 'apply' || kind === 'rollback' || kind === 'restore') &&
    (state === 'begun' || state === 'done' || state === 'failed') &&
    (target === undefined || hasNumbers(target, 'shape', 'since')) &&
    (to === undefined || isText(to)) &&
    (returned === undefined || isTexts(returned)) &&
    (removed === undefined || isTexts(removed)) &&
    (limit === undefined || isText(limit)) &&
    (kinds === undefined || isTexts(kinds)) &&
    (byName === undefined || byName === true) &&
    Array.isArray(snapshots) &&
    snapshots.every(isSafetySnapshot) &&
    hasNumbers(counts, 'created', 'changed', 'removed') &&
    typeof hasFiles === 'boolean'
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText);
}

function hasNumbers(value: unknown, ...keys: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return keys.every((key) => Number.isInteger(fields[key]));
}

function isSafetySnapshot(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return (
    ['domain', 'machine', 'instance', 'project', 'snapshot'].every((key) => isText(fields[key])) &&
    (fields.ran === undefined || typeof fields.ran === 'boolean')
  );
}
