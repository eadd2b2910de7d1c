import { AnklumeError, type Emit, silent } from '../../base/messages/index.ts';
import type { Host } from '../../base/system/index.ts';
import { lostConnectivity, readConnectivity } from './connectivity.ts';
import { areLoaded, checkRules, deployRules, markIfLoaded } from './deploy.ts';
import { armGuard, bringBack, refusePending, restorePending } from './guard.ts';
import { changedTables, otherTablesChanged, readOtherTables } from './other-tables.ts';
import type { Pending } from './pending.ts';
import { type DiffBlock, diffRules } from './rules-diff.ts';
import { listingOfText, loadedTables } from './table-text.ts';
import { tablesOf } from './tables.ts';

/** What a deployment would change. Plain JSON. */
export interface PlannedRules {
  readonly changed: boolean;
  readonly diff: readonly DiffBlock[];
}

/** Checks a ruleset and compares it with the loaded one; loads nothing. Throws `rules-refused`. */
export async function planRules(text: string, host: Host): Promise<PlannedRules> {
  await checkRules(text, host);
  if (await areLoaded(text, host)) return { changed: false, diff: [] };
  const [current, wanted] = await Promise.all([
    loadedTables(host, tablesOf(text)),
    listingOfText(text, host),
  ]);
  return { changed: true, diff: diffRules(current, wanted) };
}

export interface SafetyOptions {
  /** The rules are restored after `seconds` unless they are confirmed; `program` runs this tool. */
  readonly confirm?: { readonly seconds: number; readonly program: readonly string[] };
  /** True for a text that was made elsewhere: it must leave every other table as it is. */
  readonly foreign?: boolean;
  readonly emit?: Emit;
}

export interface SafeDeployment {
  readonly changed: boolean;
  /** Waits to be confirmed. */
  readonly pending?: Pending;
}

/**
 * Loads a ruleset unless it is loaded, and brings the old one back when the host's own connection to
 * the outside broke with it, or a foreign text touched tables of others. Throws `connectivity-lost` or
 * `other-tables-changed` then, with the old rules in force.
 */
export async function deploySafely(
  text: string,
  host: Host,
  { confirm, foreign, emit = silent }: SafetyOptions = {},
): Promise<SafeDeployment> {
  await refusePending(host);
  if (await markIfLoaded(text, host)) return { changed: false };
  const names = tablesOf(text);
  const [before, connectivity] = await Promise.all([
    loadedTables(host, names),
    readConnectivity(host),
  ]);
  if (connectivity.unwatched) emit(unwatched(connectivity.unwatched));
  const pending = confirm && (await armGuard(host, names, confirm));
  const undo = () => (pending ? restorePending(pending) : bringBack(host, before, names));
  const others = foreign && (await readOtherTables(host, names));
  let changed: string[];
  let lost: string[];
  try {
    await deployRules(text, host);
    changed = others ? changedTables(others, await readOtherTables(host, names)) : [];
    lost = await lostConnectivity(host, connectivity);
  } catch (error) {
    await undo();
    throw error;
  }
  if (lost.length + changed.length > 0) {
    await undo();
    throw lost.length > 0 ? connectivityLost(lost) : otherTablesChanged(changed);
  }
  return { changed: true, ...(pending && { pending }) };
}

function unwatched(why: { en: string; fr: string }) {
  return {
    type: 'note',
    level: 'warning',
    code: 'connectivity-unwatched',
    text: {
      en: `The connection of the host cannot be watched: ${why.en}`,
      fr: `La connexion de l'hôte ne peut pas être surveillée : ${why.fr}`,
    },
  } as const;
}

function connectivityLost(lost: readonly string[]): AnklumeError {
  const what = lost.join(', ');
  return new AnklumeError({
    code: 'connectivity-lost',
    message: {
      en: `With the new rules the host lost ${what}. The previous rules are in force again.`,
      fr: `Avec les nouvelles règles, l'hôte a perdu ${what}. Les règles précédentes sont de nouveau en vigueur.`,
    },
    remedy: {
      en: "Look at what they would change: 'anklume network deploy --dry-run'.",
      fr: "Regardez ce qu'elles changeraient : « anklume network deploy --dry-run ».",
    },
  });
}
