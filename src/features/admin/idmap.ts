/** Key of an instance, as Incus keeps it: how user and group ids inside stand for those outside. */
const CURRENT = 'volatile.idmap.current';

/**
 * Whether files of this owner are the owner's inside as well, without more: in a privileged container, and where
 * `raw.idmap` says so. Otherwise the mount has to shift them, which not every file system can.
 */
export function seesOwner(config: Readonly<Record<string, string>>, owner: Owner): boolean {
  const ranges = rangesOf(config[CURRENT]);
  if (ranges === undefined) return false;
  if (ranges.length === 0) return true;
  const keeps = (id: number, key: 'Isuid' | 'Isgid') =>
    ranges.some(
      (one) =>
        one[key] === true &&
        one.Hostid === one.Nsid &&
        one.Nsid <= id &&
        id < one.Nsid + one.Maprange,
    );
  return keeps(owner.uid, 'Isuid') && keeps(owner.gid, 'Isgid');
}

interface Range {
  readonly Isuid: boolean;
  readonly Isgid: boolean;
  readonly Hostid: number;
  readonly Nsid: number;
  readonly Maprange: number;
}

/** Undefined where nothing can be read: the machine has not been started yet. */
function rangesOf(untrustedText: string | undefined): readonly Range[] | undefined {
  if (untrustedText === undefined) return undefined;
  try {
    const untrusted: unknown = JSON.parse(untrustedText);
    return Array.isArray(untrusted) && untrusted.every(isRange) ? untrusted : undefined;
  } catch {
    return undefined;
  }
}

function isRange(untrusted: unknown): untrusted is Range {
  if (typeof untrusted !== 'object' || untrusted === null) return false;
  const { Isuid, Isgid, Hostid, Nsid, Maprange } = untrusted as Record<string, unknown>;
  const numbers = [Hostid, Nsid, Maprange].every(Number.isSafeInteger);
  return typeof Isuid === 'boolean' && typeof Isgid === 'boolean' && numbers;
}

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}
