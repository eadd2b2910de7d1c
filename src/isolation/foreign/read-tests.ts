import type { Range, Step, Test } from './chains.ts';

/** The members of a set of a rule's own table; undefined where nobody can know them. */
export type Sets = (name: string) => unknown;

const UNKNOWN: Test = { on: 'unknown' };

/** One `match` of nft's JSON as looks, all of which must hold. */
export function readTest(untrusted: unknown, sets: Sets): Test[] {
  const { op, left, right } = (untrusted ?? {}) as {
    op?: unknown;
    left?: unknown;
    right?: unknown;
  };
  if (op !== '==' && op !== '!=' && op !== 'in') return [UNKNOWN];
  const not = op === '!=';
  const members = membersOf(right, sets);
  if (!members) return [UNKNOWN];
  const parts = (left as { concat?: unknown[] })?.concat;
  if (!Array.isArray(parts)) return fieldTest(left, members, not);
  // Several at once, each with its own values: certain only where there is but one member.
  const [only, ...more] = members;
  const values = (only as { concat?: unknown[] })?.concat;
  if (more.length > 0 || not || !Array.isArray(values)) return looseTests(parts, members, not);
  return parts.flatMap((part, index) => fieldTest(part, [values[index]], false));
}

/** Of several fields at once: a packet that has none of the values of one field is surely no member. */
function looseTests(parts: readonly unknown[], members: readonly unknown[], not: boolean): Test[] {
  if (not) return [UNKNOWN];
  const columns = parts.flatMap((part, index) => {
    const values = members.map((one) => (one as { concat?: unknown[] })?.concat?.[index]);
    return fieldTest(part, values, false);
  });
  return [...columns, UNKNOWN];
}

function membersOf(right: unknown, sets: Sets): unknown[] | undefined {
  if (typeof right === 'string' && right.startsWith('@')) return listOf(sets(right.slice(1)));
  const set = (right as { set?: unknown })?.set;
  if (set !== undefined) return listOf(set);
  return Array.isArray(right) ? right : [right];
}

function listOf(untrusted: unknown): unknown[] | undefined {
  if (!Array.isArray(untrusted)) return undefined;
  // A member with a time or a comment is an object around its value.
  return untrusted.map((one) => (one as { elem?: { val?: unknown } })?.elem?.val ?? one);
}

function fieldTest(left: unknown, members: readonly unknown[], not: boolean): Test[] {
  const { meta, payload, ct, fib } = (left ?? {}) as Readonly<
    Record<string, Readonly<Record<string, unknown>> | undefined>
  >;
  const negated = not ? { not } : {};
  const words = members.map(String);
  if (meta) return [metaTest(String(meta.key), words, not)];
  if (ct?.key === 'state') return [{ on: 'state', values: words, ...negated }];
  if (ct?.key === 'status' && words.join() === 'dnat') return [{ on: 'translated', ...negated }];
  if (fib?.result === 'type' && Array.isArray(fib.flags) && fib.flags.includes('daddr'))
    return [words.join() === 'local' ? { on: 'local', ...negated } : UNKNOWN];
  if (!payload) return [UNKNOWN];
  const { protocol, field } = payload;
  switch (field) {
    case 'saddr':
    case 'daddr': {
      const within = members.flatMap(networkOf);
      if ((protocol !== 'ip' && protocol !== 'ip6') || within.length < members.length)
        return [UNKNOWN];
      return [{ on: field, within, ...negated }];
    }
    case 'sport':
    case 'dport': {
      const ranges = members.flatMap(rangeOf);
      if (ranges.length < members.length) return [UNKNOWN];
      const of = protocol === 'th' ? {} : { protocol: String(protocol) };
      return [{ on: field, ...of, ranges, ...negated }];
    }
    case 'protocol':
    case 'nexthdr':
      return [{ on: 'protocol', values: words, ...negated }];
    case 'type':
      if (protocol === 'ether') return [familyTest(words, not)];
      // Which message of ICMP it is, no look from here knows.
      if (protocol === 'icmp') return [{ on: 'protocol', values: ['icmp'] }, UNKNOWN];
      if (protocol === 'icmpv6') return [{ on: 'protocol', values: ['ipv6-icmp'] }, UNKNOWN];
      return [UNKNOWN];
    default:
      return [UNKNOWN];
  }
}

function metaTest(key: string, words: readonly string[], not: boolean): Test {
  const negated = not ? { not } : {};
  switch (key) {
    case 'iif':
    case 'iifname':
      return { on: 'iif', names: words, ...negated };
    case 'oif':
    case 'oifname':
      return { on: 'oif', names: words, ...negated };
    case 'l4proto':
      return { on: 'protocol', values: words, ...negated };
    case 'nfproto':
    case 'protocol':
      return familyTest(words, not);
    default:
      return UNKNOWN;
  }
}

function familyTest(words: readonly string[], not: boolean): Test {
  const families = words.flatMap((word) => FAMILIES[word] ?? []);
  const [only, ...more] = families;
  if (only === undefined) return { on: 'never', ...(not && { not }) };
  if (more.length > 0) return UNKNOWN;
  return { on: 'family', value: only, ...(not && { not }) };
}

const FAMILIES: Readonly<Record<string, 4 | 6>> = { ip: 4, ipv4: 4, ip6: 6, ipv6: 6 };

function networkOf(untrusted: unknown): string[] {
  if (typeof untrusted === 'string') return [untrusted];
  const { prefix, range } = (untrusted ?? {}) as {
    prefix?: { addr?: unknown; len?: unknown };
    range?: unknown;
  };
  if (Array.isArray(range)) return [range.join('-')];
  return prefix ? [`${prefix.addr}/${prefix.len}`] : [];
}

function rangeOf(untrusted: unknown): Range[] {
  const range = (untrusted as { range?: unknown })?.range;
  const [first, last] = Array.isArray(range) ? range : [untrusted, untrusted];
  const [low, high] = [Number(first), Number(last)];
  return Number.isInteger(low) && Number.isInteger(high) ? [[low, high]] : [];
}

/** A match of iptables that nft names in JSON and spells out in its text alone. */
export function readXtMatch(name: string, text: string): Step[] {
  if (name === 'comment') return [];
  const [, states] = /\bct state ([a-z,]+)/.exec(text) ?? [];
  if (name === 'conntrack' && states !== undefined && !/\bct (?!state )/.test(text))
    return [{ on: 'state', values: states.split(',') }];
  if (name === 'addrtype' && /\bfib daddr type local\b/.test(text)) return [{ on: 'local' }];
  return [UNKNOWN];
}
