/** A file of anklume that both the user and the new version changed. */
export interface Conflict {
  readonly path: string;
  /** Which of the two stands there afterwards; a copy of the user's is kept in any case. */
  readonly stays: 'new' | 'yours';
}

export interface UpgradePlan {
  /** Files that the new version changes and nobody else did. */
  readonly updated: readonly string[];
  readonly conflicts: readonly Conflict[];
  /** Files of anklume that the user changed and the new version does not. */
  readonly kept: readonly string[];
}

/** Folders and files that are the user's wherever they lie: a new version that brings some never wins. */
const USERS =
  /^(infra\.yml|infra|inventory|group_vars|host_vars|roles_custom|nftables|\.anklume)(\/|$)/;

/**
 * What becomes of each file. Pure.
 *
 * @param changed paths that differ between the version before and the new one
 * @param edited paths that the user changed since the version before
 * @param same paths among both that the user made what the new version makes them
 */
export function planUpgrade(
  changed: readonly string[],
  edited: readonly string[],
  same: readonly string[] = [],
): UpgradePlan {
  const theirs = new Set(changed);
  const yours = new Set(edited.filter((path) => !same.includes(path)));
  const conflicts = changed
    .filter((path) => yours.has(path))
    .map((path) => ({ path, stays: USERS.test(path) ? ('yours' as const) : ('new' as const) }));
  return {
    updated: changed.filter((path) => !yours.has(path)),
    conflicts,
    kept: [...yours].filter((path) => !theirs.has(path)),
  };
}
