import { rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Text, step as told } from '../../base/messages/index.ts';
import type { Work } from './changes/handler.ts';
import { handlerOf } from './changes/index.ts';
import { type Data, eraseAll, holdsData, readData } from './data.ts';
import { type Entry, LEDGER, readLedger, without, writeLedger } from './ledger.ts';
import type { Change } from './step.ts';
import { labelOf } from './words.ts';

/** What an uninstall would do with each change: taken back, or kept and why. */
export interface Removal {
  readonly name: string;
  readonly change: Change;
  /** Absent where it is taken back. */
  readonly kept?: Text;
}

/** What machines need to go on living, and to stay isolated at the next boot. */
const NEEDED: readonly Change['kind'][] = [
  ...(['packages', 'pool', 'network', 'profile', 'unit', 'sysctl'] as const),
  ...(['project', 'world'] as const),
];

/** The objects of Incus: while one of them stays, Incus stays. */
const IN_INCUS: readonly Change['kind'][] = ['pool', 'network', 'profile', 'world'];

/** The way back, the last change first. Pure. */
export function planUninstall(
  entries: readonly Entry[],
  data: Data,
  purge: boolean,
): readonly Removal[] {
  const stays = holdsData(data) && !purge;
  return [...entries].reverse().map(({ name, change }) => ({
    name,
    change,
    ...(stays && isNeeded(change) && { kept: reasonOf(data) }),
  }));
}

/** Takes back what the ledger says, and nothing else. Gives what had to stay, with its reason. */
export async function uninstall(purge: boolean, work: Work): Promise<readonly Removal[]> {
  const { entries } = await readLedger();
  const plan = planUninstall(entries, await readData(entries), purge);
  const kept: Removal[] = [];
  let erased = false;
  for (const { name, change, kept: planned } of plan) {
    const needs = kept.some((one) => IN_INCUS.includes(one.change.kind)) && isNeeded(change);
    const reason = planned ?? (needs ? STILL_NEEDED : undefined);
    const entry = entries.find((one) => one.name === name);
    if (reason || !entry) {
      kept.push({ name, change, ...(reason && { kept: reason }) });
      continue;
    }
    const label = labelOf(change);
    const stays = await told(work.emit, { id: `host:${name}`, label }, async () => {
      // Only an Incus that came by this ledger is emptied; of another, `world` has removed what is the project's.
      if (purge && !erased && OF_OUR_INCUS.includes(change.kind)) {
        await eraseAll(entries);
        erased = true;
      }
      return handlerOf(change).takeBack(change, entry.former, work);
    });
    if (stays) kept.push({ name, change, kept: stays });
    else await writeLedger(without(await readLedger(), name));
  }
  if (kept.length === 0) await removeLedger();
  return kept;
}

/** What bootstrap makes in an Incus that nobody else has initialised. */
const OF_OUR_INCUS: readonly Change['kind'][] = ['pool', 'network', 'profile'];

async function removeLedger(): Promise<void> {
  await rm(LEDGER, { force: true });
  await rmdir(dirname(LEDGER)).catch(() => undefined);
}

/** Also files without which Incus would not come again, or would be cut off. */
function isNeeded(change: Change): boolean {
  if (change.kind === 'file') return /^\/etc\/(sysctl\.d|apt)\//.test(change.path);
  return NEEDED.includes(change.kind);
}

const STILL_NEEDED: Text = {
  en: 'What stays in Incus needs it.',
  fr: 'Ce qui reste dans Incus en a besoin.',
};

function reasonOf({ instances, volumes, images, settings, unseen }: Data): Text {
  if (unseen)
    return {
      en: 'Incus does not answer: what it holds cannot be seen.',
      fr: "Incus ne répond pas : ce qu'il contient ne peut être vu.",
    };
  const n = instances + volumes + images + settings;
  return {
    en: `Incus holds ${n} machines, volumes, images or settings of yours.`,
    fr: `Incus contient ${n} machines, volumes, images ou réglages à vous.`,
  };
}
