import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { isProductionHost } from '../../base/system/index.ts';
import {
  type ApplyReport,
  computeFlush,
  executePlan,
  MARK,
  observe,
  type Plan,
} from '../../engine/index.ts';
import { isInProjects } from '../../incus/index.ts';
import { deploySteering, NO_STEERING } from '../../isolation/vm/index.ts';
import type { Daemon, Listening } from '../../site/index.ts';
import { forgetBootMark } from '../../site/index.ts';
import { type Trashed, trashNow } from '../generations/index.ts';
import { bridgesOfOthers, takeRulesAway } from '../network/index.ts';

export interface FlushChoices {
  /** Also what is protected, and also on a host that is marked as production. */
  readonly force?: boolean;
  /** How long the trash is kept; the usual time where nothing says so. */
  readonly trashSeconds?: number | undefined;
  /** Asked with the plan before anything is removed; throwing stops the run with nothing changed. */
  readonly confirm: (plan: Plan) => Promise<void>;
}

/** What a flush removed and what it left. Plain JSON. */
export interface Flushed {
  readonly plan: Plan;
  readonly report: ApplyReport;
  /** `kept`: other infrastructures of this host still stand behind them. */
  readonly rules: 'removed' | 'kept' | 'absent' | 'out-of-reach';
  /** What was removed before and lies in the trash: a flush does not empty it. */
  readonly trash: readonly Trashed[];
  readonly seconds: number;
}

/**
 * Removes all objects of the infrastructure `projectName`, then the isolation rules. The project folder is not
 * touched. To be called within `alone`. Throws `production-host` (exit 2) without `force` on such a host.
 */
export async function flushWorld(
  projectName: string,
  daemon: Daemon,
  { force = false, confirm, trashSeconds }: FlushChoices,
  { emit, signal }: Listening,
): Promise<Flushed> {
  if (daemon.host && !force && (await isProductionHost())) throw production();
  const started = performance.now();
  const { incus, host } = daemon;
  const plan = computeFlush(projectName, await observe(incus), { force });
  if (plan.entries.some(({ action }) => action === 'delete')) await confirm(plan);
  // What a killed run asked for goes on without it: a copy in the making holds the snapshot that it is made from.
  const projects = new Set(plan.entries.flatMap(({ project }) => project ?? []));
  await incus.operations.settled((path) => isInProjects(path, projects));
  const report = await executePlan(plan, incus, { emit, signal, ...(host && { host }) });
  const rules = await removeWalls(projectName, daemon);
  await forgetBootMark(daemon);
  const trash = await trashNow(incus, projectName, trashSeconds);
  return { plan, report, rules, trash, seconds: (performance.now() - started) / 1000 };
}

/**
 * The walls come down last, and only when nothing is left that needs them. Those of other infrastructures stay, and so
 * does what is closed for all.
 */
async function removeWalls(projectName: string, daemon: Daemon): Promise<Flushed['rules']> {
  const { host, incus } = daemon;
  if (!host) return 'out-of-reach';
  const networks = await incus.networks.list();
  const remains = networks.some(({ config }) => config[MARK.project] === projectName);
  if (!remains) await deploySteering(NO_STEERING, host, bridgesOfOthers({ projectName }, daemon));
  const removed = await takeRulesAway(projectName, daemon, remains);
  if (remains) return 'kept';
  return removed ? 'removed' : 'absent';
}

function production(): AnklumeError {
  return new AnklumeError({
    code: 'production-host',
    exit: ExitCode.usage,
    message: {
      en: 'This host is marked as production (/etc/anklume/production). Nothing was removed.',
      fr: "Cet hôte est marqué comme étant en production (/etc/anklume/production). Rien n'a été supprimé.",
    },
    remedy: {
      en: "To delete everything nevertheless: 'anklume flush --force'. Make a backup first.",
      fr: "S'il faut malgré tout tout supprimer : « anklume flush --force ». Faites d'abord une sauvegarde.",
    },
  });
}
