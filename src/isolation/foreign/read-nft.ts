import type { NftObject } from '../load/listing.ts';
import type { Act, ForeignChain, ForeignRule, Step } from './chains.ts';
import { readTest, readXtMatch, type Sets } from './read-tests.ts';

/**
 * The chains of all tables but `own`, which are known otherwise, from both listings of nft: JSON, and text, where alone
 * some words stand.
 */
export function readForeignChains(
  objects: readonly NftObject[],
  text: string,
  own: ReadonlySet<string> = new Set(),
): ForeignChain[] {
  const texts = textsOf(text);
  const rules = new Map<string, ForeignRule[]>();
  const sets = setsOf(objects);
  for (const { rule } of objects) {
    if (!rule || own.has(String(rule.table))) continue;
    const key = `${rule.family} ${rule.table} ${rule.chain}`;
    const words = texts.rules.get(`${key} ${rule.handle}`) ?? '';
    const of = (name: string) => sets.get(`${rule.family} ${rule.table} ${name}`);
    const list = rules.get(key) ?? [];
    list.push(...readRule(rule.expr, words, of));
    rules.set(key, list);
  }
  return objects.flatMap(({ chain }): ForeignChain[] => {
    if (!chain || own.has(String(chain.table))) return [];
    const key = `${chain.family} ${chain.table} ${chain.name}`;
    const devices = texts.devices.get(key);
    return [
      {
        family: String(chain.family),
        table: String(chain.table),
        name: String(chain.name),
        ...(typeof chain.hook === 'string' && { hook: chain.hook }),
        policy: chain.policy === 'drop' ? 'drop' : 'accept',
        ...(devices && { devices }),
        rules: rules.get(key) ?? [],
      },
    ];
  });
}

/** One rule, or several where one looks up what to do. */
function readRule(untrustedSteps: unknown, text: string, sets: Sets): ForeignRule[] {
  const rules: ForeignRule[] = [];
  const steps: Step[] = [];
  for (const untrusted of Array.isArray(untrustedSteps) ? untrustedSteps : []) {
    const [word = '', value] = Object.entries(untrusted as Record<string, unknown>)[0] ?? [];
    if (word === 'match') steps.push(...readTest(value, sets));
    else if (word === 'vmap')
      for (const entry of readLookup(value, sets))
        rules.push({ steps: [...steps, ...entry], text });
    else steps.push(...readAct(word, value, text));
  }
  return [...rules, { steps, text }];
}

/** What each entry of a verdict map looks at and does. */
function readLookup(untrusted: unknown, sets: Sets): Step[][] {
  const { key, data } = untrusted as { key?: unknown; data?: unknown };
  const list = typeof data === 'string' ? sets(data.slice(1)) : (data as { set?: unknown })?.set;
  if (!Array.isArray(list)) return [[{ on: 'unknown' }, { do: 'drop' }]];
  return list.flatMap((entry): Step[][] => {
    if (!Array.isArray(entry) || entry.length !== 2) return [];
    const [member, verdict] = entry as [unknown, Record<string, unknown>];
    const [word = '', value] = Object.entries(verdict)[0] ?? [];
    return [
      [...readTest({ op: '==', left: key, right: member }, sets), ...readAct(word, value, '')],
    ];
  });
}

/** Statements that decide nothing about a packet and send it nowhere else. */
const HARMLESS = new Set([
  ...['counter', 'log', 'last', 'comment', 'ct helper', 'ct timeout', 'ct expectation'],
  ...['set', 'map', 'notrack', 'secmark'],
]);

/** What a table of others may do with a packet; whatever is not known here may match or not, and does nothing. */
function readAct(word: string, value: unknown, text: string): Step[] {
  switch (word) {
    case 'accept':
    case 'drop':
    case 'return':
      return [{ do: word }];
    case 'reject':
      return [{ do: 'reject' }];
    case 'jump':
    case 'goto':
      return [{ do: word, chain: String((value as { target?: unknown })?.target) }];
    case 'dup':
      return [divert('copy')];
    case 'fwd':
      return [divert('forward')];
    case 'queue':
      return [divert('hand-over'), { on: 'unknown' }, { do: 'drop' }];
    case 'dnat':
    case 'redirect':
    case 'tproxy':
    case 'snat':
    case 'masquerade':
      return [divert('translate')];
    case 'flow':
      return [divert('bypass')];
    case 'mangle':
      return changesPacket(value) ? [divert('change')] : [];
    case 'xt':
      return readXt(value, text);
    default:
      return HARMLESS.has(word) ? [] : [{ on: 'unknown' }];
  }
}

function divert(how: Extract<Act, { do: 'divert' }>['how']): Act {
  return { do: 'divert', how };
}

/** Whether it writes into an address or a port; marks, priorities and sizes of segments lead nowhere else. */
function changesPacket(untrusted: unknown): boolean {
  const key = (untrusted as { key?: { payload?: { field?: unknown } } })?.key;
  const field = String(key?.payload?.field ?? '');
  return ['saddr', 'daddr', 'sport', 'dport', 'ether'].includes(field);
}

/** Targets of iptables, and what they are in words of nft. */
const TARGETS: Readonly<Record<string, readonly Step[]>> = {
  REJECT: [{ do: 'reject' }],
  TEE: [divert('copy')],
  DNAT: [divert('translate')],
  REDIRECT: [divert('translate')],
  NETMAP: [divert('translate')],
  SNAT: [divert('translate')],
  MASQUERADE: [divert('translate')],
  TPROXY: [divert('translate')],
  NFQUEUE: [divert('hand-over'), { on: 'unknown' }, { do: 'drop' }],
  FLOWOFFLOAD: [divert('bypass')],
};

function readXt(untrusted: unknown, text: string): Step[] {
  const { type, name } = (untrusted ?? {}) as { type?: unknown; name?: unknown };
  if (type === 'target') return [...(TARGETS[String(name)] ?? [])];
  // Older versions of nft say no more than that there is something.
  if (type !== 'match') return [{ on: 'unknown' }];
  return readXtMatch(String(name), text);
}

/** Members of each set and map, by `FAMILY TABLE NAME`; none for one that packets fill. */
function setsOf(objects: readonly NftObject[]): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  for (const object of objects) {
    const one = object.set ?? object.map;
    if (!one) continue;
    const flags = Array.isArray(one.flags) ? one.flags : [];
    const fills = flags.includes('dynamic') || flags.includes('timeout');
    found.set(`${one.family} ${one.table} ${one.name}`, fills ? undefined : (one.elem ?? []));
  }
  return found;
}

interface Texts {
  /** The line of each rule, by `FAMILY TABLE CHAIN HANDLE`. */
  readonly rules: ReadonlyMap<string, string>;
  readonly devices: ReadonlyMap<string, readonly string[]>;
}

/** Lines of `nft -a list ruleset`. */
function textsOf(text: string): Texts {
  const rules = new Map<string, string>();
  const devices = new Map<string, string[]>();
  let table = '';
  let chain = '';
  for (const line of text.split('\n')) {
    const opened = /^\s*(table|chain) (.+?) \{/.exec(line);
    if (opened?.[1] === 'table') table = opened[2] ?? '';
    if (opened?.[1] === 'chain') chain = opened[2] ?? '';
    const [, words = '', handle] = /^\s+(.*) # handle (\d+)$/.exec(line) ?? [];
    if (handle !== undefined && !opened) rules.set(`${table} ${chain} ${handle}`, words);
    const [, list] = /^\s+type \S+ hook \S+ devices? (?:= )?(\{[^}]*\}|"[^"]*")/.exec(line) ?? [];
    if (list !== undefined) devices.set(`${table} ${chain}`, list.match(/[^\s{},"]+/g) ?? []);
  }
  return { rules, devices };
}
