import type { Host } from '../../base/system/index.ts';
import type { Desired } from '../../world/tree/index.ts';
import { allowedFlows } from '../model/flows.ts';
import { infrastructuresIn } from '../model/infrastructures.ts';
import { type MarkedMachine, type MarkedWorld, NOTHING_MARKED } from '../model/marked.ts';
import { type Around, type Arranged, arrange } from '../rules/arrange.ts';
import { closedRules } from '../rules/closed-rules.ts';
import { renderRuleset, tableText } from '../rules/ruleset.ts';
import type { ClosedWorld } from './closed.ts';
import { type DropCounter, dropCounters, lackCodes } from './counters.ts';
import { inTable, type NftObject, readRuleset, rulesOfText, sameEffect } from './listing.ts';
import { areExactly } from './loaded-mark.ts';
import { isWatched, readPending } from './pending.ts';
import { CLOSED_TABLE, clearing, ownerName, renamed, TABLE } from './tables.ts';

/** How the host's rules stand to the wanted world. Plain JSON. */
export interface NetworkStatus {
  /** `current`: exactly the wanted rules. `stale`: others. `absent`: none. */
  readonly state: 'current' | 'stale' | 'absent';
  /** True: loaded by an earlier version, whose rules have no codes. */
  readonly outdated: boolean;
  /** Whether what they lack is only domains in which nothing runs, or words. */
  readonly suffices: boolean;
  /** The name of this infrastructure's tables on the host. */
  readonly table: string;
  readonly domains: readonly {
    readonly name: string;
    readonly bridge: string;
    /** Whether the daemon has made its bridge, or a machine that is to stand on it. */
    readonly made: boolean;
    /** False: the loaded rules do not know this domain, so it has no walls. */
    readonly covered: boolean;
    /** What the rules do not know may be closed until they do. */
    readonly closed: boolean;
    /** Whether machines run on its bridge. */
    readonly running: boolean;
  }[];
  /** What carries a mark and is in nobody's rules: undeclared, or of an infrastructure whose rules are not loaded. */
  readonly closed: readonly ClosedThing[];
  /** Other infrastructures whose rules are loaded on this host. */
  readonly others: readonly { readonly infrastructure: string; readonly table: string }[];
  /** Bridges that the loaded rules know and no wanted domain has. */
  readonly leftOver: readonly string[];
  /** Rules that drop, with what they have dropped since they were loaded. */
  readonly drops: readonly DropCounter[];
  /** A deployment that waits to be confirmed. */
  readonly pending?: {
    /** ISO 8601: when the rules before it come back. */
    readonly until: string;
    /** False: the process that would bring them back is gone. */
    readonly watched: boolean;
  };
}

/** A bridge, or a NIC of a machine, that is to be closed. */
export interface ClosedThing {
  readonly kind: 'bridge' | 'machine';
  /** `undeclared`: no tree names it any more. `no-rules`: those of its infrastructure do not know it, or are not loaded. */
  readonly reason: 'undeclared' | 'no-rules';
  readonly infrastructure: string;
  /** Of a bridge, its name; of a machine, `PROJECT/INSTANCE`. */
  readonly name: string;
  readonly domain: string;
  /** Machines on the bridge; the machine itself. */
  readonly machines: readonly string[];
  /** Those of them that Incus refuses to delete, by their names alone. */
  readonly locked: readonly string[];
  /** Whether one of them runs. */
  readonly running: boolean;
  /** False: no loaded rule closes it. */
  readonly holds: boolean;
}

/** Reads the host's rules and says which domains they cover, and what is closed. */
export async function networkStatus(
  desired: Desired,
  host: Host,
  around: Around = { marked: NOTHING_MARKED },
): Promise<NetworkStatus> {
  const text = renderRuleset(allowedFlows(desired));
  const listing = await readRuleset(host);
  const loaded = infrastructuresIn(listing);
  const arranged = arrange(text, loaded, around);
  const objectsOf = (name: string) =>
    loaded.names.has(name) ? listing.filter(inTable(name)) : undefined;
  const [objects, closedObjects] = [objectsOf(arranged.table), objectsOf(CLOSED_TABLE)];
  const known = new Set(objects ? loadedBridges(objects) : []);
  const shut = new Set(closedObjects ? loadedBridges(closedObjects) : []);
  const domains = desired.domains.map(({ name, network }) => ({
    name,
    bridge: network.name,
    made: isMade(network.name, around.marked),
    covered: known.has(network.name),
    closed: shut.has(network.name),
    running: runsOn(network.name, around.marked),
  }));
  const wanted = new Set(domains.map(({ bridge }) => bridge));
  const named = (wanted: string) => renamed(wanted, TABLE, arranged.table);
  const isCurrent = objects !== undefined && (await areExactly(objects, named(text), host));
  const outdated = objects !== undefined && lackCodes(objects);
  /** Whether the loaded rules do what a text would, whatever their comments say. */
  const doAs = async (wanted: string) =>
    objects !== undefined && sameEffect(objects, await rulesOfText(named(wanted), host));
  const idle = new Set(
    domains.flatMap(({ name, covered, running }) => (covered || running ? [] : [name])),
  );
  const others = desired.domains.filter(({ name }) => !idle.has(name));
  const suffices =
    isCurrent ||
    !domains.some(({ running }) => running) ||
    (outdated && (await doAs(text))) ||
    (idle.size > 0 && (await doAs(renderRuleset(allowedFlows({ ...desired, domains: others })))));
  const pending = await readPending(host);
  return {
    state: !objects ? 'absent' : isCurrent ? 'current' : 'stale',
    outdated,
    suffices,
    table: arranged.table,
    domains,
    closed: await closedThings(arranged, around, closedObjects, host),
    others: arranged.others.map(({ name, owner }) => ({
      infrastructure: owner === undefined ? '' : ownerName(owner),
      table: name,
    })),
    leftOver: [...known].filter((bridge) => !wanted.has(bridge)).sort(),
    drops: dropCounters([...(objects ?? []), ...(closedObjects ?? [])]),
    ...(pending && {
      pending: {
        until: new Date(Date.parse(pending.since) + pending.seconds * 1000).toISOString(),
        watched: await isWatched(pending),
      },
    }),
  };
}

/** Whether everything of ours that runs is behind the rules that are wanted for it. */
export function isWalled({ suffices, closed }: NetworkStatus): boolean {
  return suffices && !closed.some(({ running, holds }) => running && !holds);
}

async function closedThings(
  { closed }: Arranged,
  around: Around,
  loaded: readonly NftObject[] | undefined,
  host: Host,
): Promise<ClosedThing[]> {
  const things = thingsOf(closed, around);
  if (things.length === 0) return [];
  const text = statedClosed(closed);
  const holds =
    loaded !== undefined &&
    ((await areExactly(loaded, text, host)) || sameEffect(loaded, await rulesOfText(text, host)));
  return things.map((thing) => ({ ...thing, holds }));
}

function statedClosed(closed: ClosedWorld): string {
  return [...clearing([CLOSED_TABLE]), ...closedRules(closed).map(tableText), ''].join('\n');
}

/** What is closed, for people: bridges with their machines, then machines alone. */
export function thingsOf(
  { bridges, strays }: ClosedWorld,
  { marked, declared }: Around,
): Omit<ClosedThing, 'holds'>[] {
  const place = ({ project, instance }: { project: string; instance: string }) =>
    `${project}/${instance}`;
  const alone = new Map(strays.map(({ machine }) => [place(machine), machine]));
  return [
    ...bridges.map(({ bridge, owner, domain }) => ({
      kind: 'bridge' as const,
      reason: owner === declared?.projectName ? ('undeclared' as const) : ('no-rules' as const),
      infrastructure: owner,
      name: bridge,
      domain,
      machines: on(bridge, marked).map(place),
      locked: lockedAmong(on(bridge, marked)),
      running: runsOn(bridge, marked),
    })),
    ...[...alone].map(([name, machine]) => ({
      kind: 'machine' as const,
      reason: 'undeclared' as const,
      infrastructure: machine.owner,
      name,
      domain: machine.domain,
      machines: [name],
      locked: lockedAmong([machine]),
      running: machine.running,
    })),
  ];
}

function on(bridge: string, { machines }: MarkedWorld) {
  return machines.filter(({ nics }) => nics.some((nic) => nic.bridge === bridge));
}

function lockedAmong(machines: readonly MarkedMachine[]): string[] {
  return machines.flatMap(({ instance, locked }) => (locked ? [instance] : []));
}

function isMade(bridge: string, marked: MarkedWorld): boolean {
  return marked.bridges.some((one) => one.bridge === bridge) || on(bridge, marked).length > 0;
}

function runsOn(bridge: string, marked: MarkedWorld): boolean {
  return on(bridge, marked).some(({ running }) => running);
}

function loadedBridges(objects: readonly NftObject[]): string[] {
  const elements = objects.find((object) => object.set?.name === 'bridges')?.set?.elem;
  return Array.isArray(elements) ? elements.filter((one) => typeof one === 'string') : [];
}
