import { setTimeout as pause } from 'node:timers/promises';
import type { Text } from '../../../base/messages/index.ts';
import { ANY_STATUS, printable, programFailed, run } from '../../../base/system/index.ts';
import type { Former, Json } from '../ledger.ts';
import { installedIn, MANAGERS, type ManagerName } from '../managers.ts';
import type { PackagesChange } from '../step.ts';
import { accountsIn, addedSince, isObject, readAccounts, removeAccounts } from './accounts.ts';
import type { Handler, Work } from './handler.ts';
import { cameWith, removeFolders, stopWhatCame, surroundings } from './leftovers.ts';

/** Packages: those that came, with all that they needed, and the users and groups that they made. */
export const packages: Handler<PackagesChange> = {
  async stands({ manager, names }) {
    const now = await installed(manager);
    return names.every((name) => now.has(name));
  },
  async former({ manager, names }) {
    const planned = await plannedFor(manager, names);
    const accounts = await readAccounts();
    return {
      before: [...(await installed(manager))],
      planned,
      accounts: { ...accounts },
      beside: await surroundings(),
    };
  },
  async carryOut({ manager, names }, former, { signal }) {
    const { download, install, env } = MANAGERS[manager];
    const options = { env, ...(signal && { signal }) };
    await repair(manager, signal);
    await run([...download, ...names], options);
    await run([...install, ...names], options);
    const added = await cameSince(manager, names, former);
    const accounts = addedSince(await readAccounts(), accountsIn(former.accounts));
    return { added, made: { ...accounts }, came: await cameWith(objectIn(former.beside)) };
  },
  async standing({ manager, names }) {
    const now = await installed(manager);
    const there = names.filter((name) => now.has(name));
    if (there.length === names.length) return 'kept';
    return there.length === 0 ? 'missing' : 'changed';
  },
  async takeBack({ manager, names }, former, work) {
    if (!former.added) await repair(manager, work.signal);
    const now = await installed(manager);
    const ours = (
      former.added ? list(former.added) : await cameSince(manager, names, former)
    ).filter((name) => now.has(name));
    const needed = await othersRemovedWith(manager, ours);
    if (needed.length > 0) return neededBy(needed);
    const [beside, came] = [objectIn(former.beside), objectIn(former.came)];
    await stopWhatCame(beside, came);
    await remove(manager, ours, work);
    await removeFolders(beside, came);
    const made = former.made
      ? accountsIn(former.made)
      : former.accounts
        ? addedSince(await readAccounts(), accountsIn(former.accounts))
        : undefined;
    if (made) await removeAccounts(made);
    return undefined;
  },
};

/** What an installation would bring beside the packages themselves; these alone where the manager cannot say. */
export async function plannedFor(
  manager: ManagerName,
  names: readonly string[],
): Promise<string[]> {
  const { plan, planned, env } = MANAGERS[manager];
  if (!plan) return [...names];
  const { stdout } = await run([...plan, ...names], { env });
  return planned(stdout);
}

async function installed(manager: ManagerName): Promise<Set<string>> {
  const { list: words, env } = MANAGERS[manager];
  return installedIn((await run(words, { env })).stdout);
}

/** Milliseconds that a package manager of a killed run may go on by itself, and between two looks at it. */
const OTHERS_LIMIT = 10 * 60_000;
const PAUSE = 2000;

/** Ends what a killed run left half done, once the package manager that it had started is through. */
async function repair(manager: ManagerName, signal: AbortSignal | undefined): Promise<void> {
  const { repair: all, env } = MANAGERS[manager];
  const deadline = performance.now() + OTHERS_LIMIT;
  for (const words of all)
    for (;;) {
      const { code, stderr } = await run(words, {
        env,
        accept: ANY_STATUS,
        ...(signal && { signal }),
      });
      if (code === 0) break;
      if (!/lock/i.test(stderr) || performance.now() > deadline)
        throw programFailed(words, stderr, String(code));
      await pause(PAUSE, undefined, signal && { signal });
    }
}

/** Only what was planned: what a person installed since, also after a killed run, is theirs. */
async function cameSince(
  manager: ManagerName,
  names: readonly string[],
  { before, planned }: Former,
): Promise<string[]> {
  const [old, now] = [new Set(list(before)), await installed(manager)];
  return [...new Set([...list(planned), ...names])].filter((one) => now.has(one) && !old.has(one));
}

async function othersRemovedWith(manager: ManagerName, ours: readonly string[]): Promise<string[]> {
  const { planRemoval, plannedRemoval, env } = MANAGERS[manager];
  if (!planRemoval || ours.length === 0) return [];
  const { stdout } = await run([...planRemoval, ...ours], { env });
  return plannedRemoval(stdout).filter((one) => !ours.includes(one));
}

async function remove(
  manager: ManagerName,
  ours: readonly string[],
  { signal }: Work,
): Promise<void> {
  if (ours.length === 0) return;
  const { remove: words, env } = MANAGERS[manager];
  await run([...words, ...ours], { env, ...(signal && { signal }) });
}

function neededBy(others: readonly string[]): Text {
  const names = printable(others.join(', '));
  return {
    en: `The packages stay: ${names} came since and needs them. Remove that first.`,
    fr: `Les paquets restent : ${names}, arrivé depuis, en a besoin. Retirez-le d'abord.`,
  };
}

function objectIn(said: Json | undefined): Former {
  return isObject(said) ? said : {};
}

function list(said: Json | undefined): string[] {
  return Array.isArray(said) ? said.filter((one) => typeof one === 'string') : [];
}
