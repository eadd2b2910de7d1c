/** Numbers of users, one after the other. */
export interface IdRange {
  readonly start: number;
  readonly size: number;
}

type Config = Readonly<Record<string, string>>;

/** The part of an instance that its map is read from. */
export interface Mapped {
  readonly name: string;
  readonly project: string;
  readonly type: string;
  readonly status: string;
  readonly config: Config;
  readonly expanded_config: Config;
}

/** The users of the host that a container runs as now; undefined for one that does not run, or says nothing. */
export function currentIds(live: Mapped): readonly IdRange[] | undefined {
  return live.status === 'Stopped' ? undefined : rangesOf(live.config['volatile.idmap.current']);
}

/** Those that it runs as from its next start on. */
export function nextIds(live: Mapped): readonly IdRange[] | undefined {
  return rangesOf(live.config['volatile.idmap.next']);
}

/** Those that are a container's today: what it runs as, else what it will. */
export function idsOf(live: Mapped): readonly IdRange[] {
  return (live.type === 'container' ? (currentIds(live) ?? nextIds(live)) : undefined) ?? [];
}

export function overlap(one: readonly IdRange[], other: readonly IdRange[]): boolean {
  return one.some((a) =>
    other.some((b) => a.start < b.start + b.size && b.start < a.start + a.size),
  );
}

export function sameIds(one: readonly IdRange[], other: readonly IdRange[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** `1065536-1131071`, for people. */
export function shownIds(ranges: readonly IdRange[]): string {
  return ranges.map(({ start, size }) => `${start}-${start + size - 1}`).join(', ');
}

/** Users alone: groups have the same numbers wherever Incus chooses them. */
function rangesOf(untrustedText: string | undefined): readonly IdRange[] | undefined {
  if (untrustedText === undefined) return undefined;
  try {
    const untrusted: unknown = JSON.parse(untrustedText);
    if (!Array.isArray(untrusted)) return undefined;
    return untrusted.flatMap((one) => rangeOf(one)).sort((a, b) => a.start - b.start);
  } catch {
    return undefined;
  }
}

function rangeOf(untrusted: unknown): IdRange[] {
  if (typeof untrusted !== 'object' || untrusted === null) return [];
  const { Isuid, Hostid, Maprange } = untrusted as Record<string, unknown>;
  if (Isuid !== true || typeof Hostid !== 'number' || typeof Maprange !== 'number') return [];
  return [{ start: Hostid, size: Maprange }];
}
