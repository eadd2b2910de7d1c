import { join } from 'node:path';
import {
  type ApplyOptions,
  type ApplyReport,
  computePlan,
  executePlan,
  observe,
  type Plan,
  refuseIncomplete,
} from '../engine/index.ts';
import type { Emit } from '../messages/index.ts';
import { readHostNetworks } from '../network/index.ts';
import { acquireLock, readIfExists, writeAtomic } from '../system/index.ts';
import { loadBridgeFilter } from './bridge-filter.ts';
import { refuseCollisions } from './collisions.ts';
import type { Daemon } from './daemon.ts';
import { FIREWALL_TAG } from './firewall.ts';
import { rulesOf } from './walls.ts';
import type { World } from './world.ts';

/** Where apply keeps the text of the isolation rules, below the project root. */
const RULES_FILE = 'nftables/anklume.nft';

/** The tag that stands for the rules file; the others name kinds of resources. */
const RULES_TAG = 'nftables';

/** Tags that name no kind of resource. */
const OTHER_TAGS: readonly string[] = [RULES_TAG, FIREWALL_TAG];

export interface ApplyChoices extends Pick<ApplyOptions, 'limit' | 'prune' | 'adopt' | 'partial'> {
  /** One part alone: objects of Incus, or the insides of machines. Default both. */
  readonly phase?: 'infra' | 'provision';
  /** Empty: everything. */
  readonly tags?: readonly string[];
  /** Asked before anything is deleted; throwing stops the run with nothing changed. */
  readonly confirm?: (plan: Plan) => Promise<void>;
  /** Called when the plan is accepted, before the first change. */
  readonly ready?: () => Promise<void>;
}

interface Listening {
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Runs `work` while no other apply works on this daemon; waits for one that does. */
export async function alone<T>(
  daemon: Daemon,
  command: string,
  { emit, signal }: Listening,
  work: () => Promise<T>,
): Promise<T> {
  const lock = await acquireLock(`daemon:${daemon.where}`, { command, wait: true, emit, signal });
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** What one apply did. */
export interface Applied {
  readonly plan: Plan;
  readonly report: ApplyReport;
  /** True when the text of the isolation rules changed. */
  readonly rulesChanged: boolean;
  readonly seconds: number;
}

/** What apply would do, without doing it. Throws `subnet-collides-host` (exit 2). */
export async function planWorld(
  { desired }: World,
  daemon: Daemon,
  choices: ApplyChoices,
): Promise<Plan> {
  const { incus, host } = daemon;
  const [observed, around] = await Promise.all([
    observe(incus, desired),
    // A remote's host cannot be asked, so nothing is refused there.
    host ? readHostNetworks(host) : [],
  ]);
  refuseCollisions(desired, around, observed.networks);
  return computePlan(desired, observed, engineOptions(choices));
}

/** Brings the daemon to the wanted world. To be called within `alone`. */
export async function applyWorld(
  world: World,
  daemon: Daemon,
  choices: ApplyChoices,
  { emit, signal }: Listening,
): Promise<Applied> {
  const started = performance.now();
  const plan = touchesNoObject(choices) ? nothing(world) : await planWorld(world, daemon, choices);
  for (const { code, text, remedy } of plan.notes)
    emit({ type: 'note', level: 'warning', code, text, ...(remedy && { remedy }) });
  if (!choices.partial) refuseIncomplete(plan);
  if (plan.entries.some(({ action }) => action === 'delete')) await choices.confirm?.(plan);
  await choices.ready?.();
  const { host } = daemon;
  if (host && plan.entries.some(({ kind }) => kind === 'instance'))
    await loadBridgeFilter(host, emit);
  const report = await executePlan(plan, daemon.incus, { emit, signal, ...(host && { host }) });
  const rulesChanged = wantsRules(choices) && (await writeRules(world));
  return { plan, report, rulesChanged, seconds: (performance.now() - started) / 1000 };
}

/** Writes the text of the rules into a file, of the project unless named, where it changed. True when it did. */
export async function writeRules(
  { root, desired }: World,
  path: string = join(root, RULES_FILE),
): Promise<boolean> {
  const text = rulesOf(desired);
  if ((await readIfExists(path))?.toString('utf8') === text) return false;
  await writeAtomic(path, text);
  return true;
}

function engineOptions({ tags = [], limit, prune, adopt }: ApplyChoices) {
  const kinds = tags.filter((tag) => !OTHER_TAGS.includes(tag));
  return {
    ...(kinds.length > 0 && { tags: kinds }),
    ...(limit !== undefined && { limit }),
    prune: prune ?? false,
    adopt: adopt ?? false,
  };
}

function wantsRules({ phase, tags = [] }: ApplyChoices): boolean {
  return phase !== 'provision' && (tags.length === 0 || tags.includes(RULES_TAG));
}

function touchesNoObject({ phase, tags = [] }: ApplyChoices): boolean {
  if (phase === 'provision') return true;
  return tags.length > 0 && tags.every((tag) => OTHER_TAGS.includes(tag));
}

function nothing({ desired }: World): Plan {
  return {
    projectName: desired.projectName,
    entries: [],
    unchanged: 0,
    orphans: [],
    notes: [],
  };
}
