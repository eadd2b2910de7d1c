import type { TreeFile } from './layout.ts';
import { planFiles } from './sync.ts';

/** How the tree on disk differs from what infra.yml declares now. Paths are relative to the root. */
export interface Staleness {
  readonly stale: boolean;
  /** Declared, but not in the tree: apply does not see them. */
  readonly missing: readonly string[];
  readonly different: readonly string[];
  /** In the tree, no longer declared, and a sync can remove them. What is protected or holds the user's lines is none of it. */
  readonly leftover: readonly string[];
}

/** Compares the tree with what infra.yml renders to, for the warning of commands that read the tree alone. */
export async function findStaleness(
  rendered: readonly TreeFile[],
  root: string,
): Promise<Staleness> {
  const plan = await planFiles(rendered, root);
  const leftover = plan.orphans
    .filter((orphan) => !orphan.protected && !orphan.userText)
    .map((orphan) => orphan.path);
  return {
    stale: plan.created.length + plan.updated.length + leftover.length > 0,
    missing: plan.created,
    different: plan.updated,
    leftover,
  };
}
