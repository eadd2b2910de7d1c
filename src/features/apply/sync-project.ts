import { AnklumeError, ExitCode, errorsOf, type Problem } from '../../base/messages/index.ts';
import { ASIDE_PROJECT, MARK } from '../../engine/index.ts';
import { linkProduct } from '../../provision/index.ts';
import type { Daemon, Project } from '../../site/index.ts';
import {
  type CleanReport,
  cleanOrphans,
  type OrphanFile,
  planSync,
  type SyncPlan,
  writeSync,
} from '../../world/tree/index.ts';

export interface SyncOptions {
  /** Look, write nothing. */
  readonly dryRun?: boolean;
  /** Remove files of what is no longer declared, but never protected ones whose machines may still exist. */
  readonly deleteOrphans?: boolean;
  /** Of protected files: whether no machine of theirs exists any more. Asked only where there are such files. */
  readonly findGone?: () => Promise<(orphan: OrphanFile) => boolean>;
}

/** What a sync did, or would do. */
export interface SyncReport {
  readonly plan: SyncPlan;
  readonly cleaned: CleanReport;
}

/** The same without the texts that are written, and with all that is to be said of it. Plain JSON. */
export interface SyncTold extends Omit<SyncPlan, 'writes'>, CleanReport {
  readonly written: boolean;
  readonly problems: readonly Problem[];
}

export function toldSync(
  { plan, cleaned }: SyncReport,
  { written, warnings }: { readonly written: boolean; readonly warnings: readonly Problem[] },
): SyncTold {
  const { writes: _texts, ...shown } = plan;
  return { written, ...shown, problems: [...warnings, ...plan.problems], ...cleaned };
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
  if (!options.deleteOrphans) return { plan, cleaned: nothing };
  const asks = plan.orphans.some((orphan) => orphan.protected);
  const isGone = asks ? await options.findGone?.() : undefined;
  return { plan, cleaned: await cleanOrphans(project.root, plan.orphans, isGone) };
}

/**
 * Machines and domains that no instance of the daemon stands for, neither by its mark nor by its name. A daemon that
 * nobody named and that holds nothing of this infrastructure may be the wrong one: it says of nothing that it is gone.
 */
export async function goneFrom(
  { incus, chosen }: Pick<Daemon, 'incus' | 'chosen'>,
  projectName: string,
): Promise<(orphan: Pick<OrphanFile, 'kind' | 'name'>) => boolean> {
  const projects = await incus.projects.list();
  const isOurs = projects.some(({ config }) => config[MARK.project] === projectName);
  if (chosen === 'usual' && !isOurs) return () => false;
  const instances = (await incus.instances.list()).filter(
    ({ project }) => project !== ASIDE_PROJECT,
  );
  const names = new Set(
    instances.flatMap(({ name, config, project }) => [
      ...[name, config[MARK.machine]].map((machine) => `machine ${machine}`),
      ...[project, config[MARK.domain]].map((domain) => `domain ${domain}`),
    ]),
  );
  return ({ kind, name }) => !names.has(`${kind} ${name}`);
}
