import { AnklumeError, ExitCode, errorsOf } from '../../base/messages/index.ts';
import { linkProduct } from '../../provision/index.ts';
import type { Project } from '../../site/index.ts';
import {
  type CleanReport,
  cleanOrphans,
  planSync,
  type SyncPlan,
  writeSync,
} from '../../world/tree/index.ts';

export interface SyncOptions {
  /** Look, write nothing. */
  readonly dryRun?: boolean;
  /** Remove files of what is no longer declared, but never protected ones. */
  readonly cleanOrphans?: boolean;
}

/** What a sync did, or would do. */
export interface SyncReport {
  readonly plan: SyncPlan;
  readonly cleaned: CleanReport;
}

/** Writes the Ansible tree of a project. All checks come before the first write. */
export async function syncProject(
  project: Project,
  options: SyncOptions = {},
): Promise<SyncReport> {
  const plan = await planSync(project.infra, project.root);
  if (errorsOf(plan.problems).length > 0)
    throw new AnklumeError({
      code: 'sync-refused',
      exit: ExitCode.usage,
      problems: plan.problems,
      message: {
        en: 'The tree cannot be written. Nothing was changed.',
        fr: "L'arborescence ne peut pas être écrite. Rien n'a été modifié.",
      },
    });
  const nothing: CleanReport = { removed: [], kept: [] };
  if (options.dryRun) return { plan, cleaned: nothing };
  await writeSync(plan);
  await linkProduct(project.root);
  const cleaned = options.cleanOrphans ? await cleanOrphans(project.root, plan.orphans) : nothing;
  return { plan, cleaned };
}
