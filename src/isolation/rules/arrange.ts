import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { type Host, printable } from '../../base/system/index.ts';
import {
  type ClosedWorld,
  closedWorld,
  type Declared,
  isEmpty,
  type Known,
} from '../load/closed.ts';
import { deployRules } from '../load/deploy.ts';
import {
  BOOT_TABLE,
  CLOSED_TABLE,
  clearing,
  freeTableName,
  membersIn,
  ownerChain,
  ownerChainIn,
  ownerName,
  renamed,
  TABLE,
} from '../load/tables.ts';
import {
  type LoadedTable,
  type LoadedTables,
  readInfrastructures,
} from '../model/infrastructures.ts';
import type { MarkedWorld } from '../model/marked.ts';
import { closedRules } from './closed-rules.ts';
import { tableText } from './ruleset.ts';

/** What a daemon has beside a text of rules, and what the tree declares that it was made from. */
export interface Around {
  readonly marked: MarkedWorld;
  /** Absent for rules that were made elsewhere. */
  readonly declared?: Declared;
  /** The tables in the rules of the next boot, loaded now or not, and whose they are. */
  readonly written?: ReadonlyMap<string, string | undefined>;
}

/** A text of rules as it goes onto a host where others have theirs. */
export interface Arranged {
  /** What is to be loaded: the tables of one infrastructure, and what is closed for all. */
  readonly text: string;
  /** The part of it that is the infrastructure's own. */
  readonly own: string;
  /** The name that its own tables have there. */
  readonly table: string;
  readonly closed: ClosedWorld;
  /** The infrastructures that have tables there too. */
  readonly others: readonly LoadedTable[];
}

/**
 * Finds the tables that a text is for, by their owner, and closes in the same transaction what carries a mark and is
 * in nobody's rules. Others' tables are never part of it. Throws `rules-foreign-bridge` or `rules-whose` (exit 2).
 */
export async function arrangeRules(text: string, host: Host, around: Around): Promise<Arranged> {
  return arrange(text, await readInfrastructures(host), around);
}

/** The same with what is loaded. Pure. */
export function arrange(text: string, loaded: LoadedTables, around: Around): Arranged {
  const bridges = new Set(membersIn(text, 'bridges'));
  const owner = ownerChainIn(text);
  refuseForeign(bridges, owner, around.marked);
  const own = ownTable(owner, bridges, loaded, around.marked);
  const others = loaded.infrastructures.filter((one) => one !== own);
  const written = [...(around.written ?? [])].filter(([, whose]) => whose !== owner);
  const names = [...others, ...written.map(([name]) => ({ name }))].map(({ name }) => name);
  const table =
    own?.name ?? freeTableName(owner === undefined ? '' : ownerName(owner), new Set(names));
  const closed = closedWorld(around.marked, knownTo(others, text), around.declared);
  const ownText = `${renamed(text, TABLE, table).trimEnd()}\n`;
  return {
    text: `${ownText}${closedText(closed, loaded)}`,
    own: ownText,
    table,
    closed,
    others,
  };
}

/**
 * Closes what carries a mark and is in no loaded rules, in one transaction that also ends what stood before it. For a
 * daemon that has just started, when nobody has deployed anything yet.
 */
export async function closeUnknown(marked: MarkedWorld, host: Host): Promise<void> {
  const loaded = await readInfrastructures(host);
  const text = closedText(closedWorld(marked, knownTo(loaded.infrastructures)), loaded);
  if (text !== '') await deployRules(text, host);
}

/** What rules know: those that are loaded, and a text that is to be. */
export function knownTo(tables: readonly LoadedTable[], text = ''): Known {
  return {
    bridges: new Set([...tables.flatMap(({ bridges }) => bridges), ...membersIn(text, 'bridges')]),
    ports: new Set([...tables.flatMap(({ ports }) => ports), ...membersIn(text, 'members')]),
  };
}

/** The tables of what is closed, or the lines that take them away; nothing where there is neither. */
export function closedText(closed: ClosedWorld, { names }: Pick<LoadedTables, 'names'>): string {
  // Once everything is either in rules or closed, nothing is left for what stands in before that.
  const boot = names.has(BOOT_TABLE) ? [BOOT_TABLE] : [];
  if (isEmpty(closed)) {
    const going = names.has(CLOSED_TABLE) ? [CLOSED_TABLE, ...boot] : boot;
    return [...clearing(going), ''].join('\n');
  }
  return [...clearing([CLOSED_TABLE, ...boot]), ...closedRules(closed).map(tableText), ''].join(
    '\n',
  );
}

/** The loaded table that this text is to take the place of; undefined where it has none yet. */
function ownTable(
  owner: string | undefined,
  bridges: ReadonlySet<string>,
  { infrastructures }: LoadedTables,
  marked: MarkedWorld,
): LoadedTable | undefined {
  if (owner === undefined) {
    const sharing = infrastructures.filter((one) => one.bridges.some((name) => bridges.has(name)));
    const found = sharing.length > 0 ? sharing : infrastructures;
    if (found.length > 1) throw whose();
    return found[0];
  }
  return (
    infrastructures.find((one) => one.owner === owner) ??
    infrastructures.find((one) => isLeftTo(owner, one, bridges, marked))
  );
}

/**
 * A table of an earlier version says nothing of its owner: it is whose its bridges are. And where an infrastructure was
 * taken over, or has another name now, nothing on the daemon is left of the old one.
 */
function isLeftTo(
  owner: string,
  table: LoadedTable,
  bridges: ReadonlySet<string>,
  { bridges: marked, machines }: MarkedWorld,
): boolean {
  const owners = new Set(
    marked
      .filter(({ bridge }) => table.bridges.includes(bridge))
      .map((one) => ownerChain(one.owner)),
  );
  const isOurs = owners.has(owner) || table.bridges.some((name) => bridges.has(name));
  if (table.owner === undefined) return isOurs || owners.size === 0;
  const remains = [...marked, ...machines].some((one) => ownerChain(one.owner) === table.owner);
  return isOurs && !remains && owners.size <= 1;
}

/** A bridge that carries the mark of another infrastructure is for that one's rules. */
function refuseForeign(
  bridges: ReadonlySet<string>,
  owner: string | undefined,
  { bridges: marked }: MarkedWorld,
): void {
  const foreign = marked.find(
    (one) => owner !== undefined && bridges.has(one.bridge) && ownerChain(one.owner) !== owner,
  );
  if (foreign) throw foreignBridge(foreign.bridge, foreign.owner);
}

function foreignBridge(bridge: string, owner: string): AnklumeError {
  const shown = printable(owner);
  return new AnklumeError({
    code: 'rules-foreign-bridge',
    exit: ExitCode.usage,
    message: {
      en: `These rules name the bridge ${bridge}, which belongs to the infrastructure '${shown}'. Nothing was loaded.`,
      fr: `Ces règles nomment le pont ${bridge}, qui appartient à l'infrastructure « ${shown} ». Rien n'a été chargé.`,
    },
    remedy: {
      en: "Rename the domain, or take it over first: 'anklume apply --adopt'.",
      fr: "Renommez le domaine, ou reprenez-le d'abord : « anklume apply --adopt ».",
    },
  });
}

function whose(): AnklumeError {
  return new AnklumeError({
    code: 'rules-whose',
    exit: ExitCode.usage,
    message: {
      en: 'These rules do not say which infrastructure they are for, and this host has several. Nothing was loaded.',
      fr: "Ces règles ne disent pas à quelle infrastructure elles sont destinées, et cet hôte en a plusieurs. Rien n'a été chargé.",
    },
    remedy: {
      en: "Make them again with this version: 'anklume network rules --output FILE'.",
      fr: 'Refaites-les avec cette version : « anklume network rules --output FICHIER ».',
    },
  });
}
