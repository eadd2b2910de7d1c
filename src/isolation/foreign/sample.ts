import { ipv4Number } from '../../base/system/index.ts';
import { bitsOf, parseIpv6 } from '../../world/infra/index.ts';
import type { Test } from './chains.ts';

/** Rules name things that a look from here cannot know. */
export type Answer = 'yes' | 'no' | 'maybe';

/** A kind of packet at a hook. What is not given may be anything. */
export interface Sample {
  readonly family: 4 | 6;
  /** An interface of ours; `OTHER` is any that is none of ours, `UPLINK` one that leads out, `NONE` none at this hook. */
  readonly iif?: string;
  readonly oif?: string;
  /** An address or network. */
  readonly saddr?: string;
  readonly daddr?: string;
  readonly protocol?: string;
  readonly sport?: number;
  readonly dport?: number;
  readonly state?: 'new' | 'established';
  /** Whether it is for the host itself. */
  readonly local?: boolean;
  /** Whether its target was another at first. */
  readonly translated?: boolean;
}

export const OTHER = ' other';
export const UPLINK = ' uplink';
export const NONE = '';

/** Which interfaces are meant by the words for several. */
export interface Known {
  readonly ours: ReadonlySet<string>;
  /** Those by which the host reaches the internet. */
  readonly uplinks: ReadonlySet<string>;
}

/** Whether a rule that looks at this would see it in such a packet. */
export function answer(test: Test, sample: Sample, known: Known): Answer {
  if (test.on === 'unknown') return 'maybe';
  const plain = plainAnswer(test, sample, known);
  if (!test.not || plain === 'maybe') return plain;
  // An address of the other family is not looked at, so that the rule does not match either way.
  if ((test.on === 'saddr' || test.on === 'daddr') && !isOfFamily(test.within, sample)) return 'no';
  return plain === 'yes' ? 'no' : 'yes';
}

function plainAnswer(test: Exclude<Test, { on: 'unknown' }>, sample: Sample, known: Known): Answer {
  switch (test.on) {
    case 'iif':
    case 'oif':
      return any(test.names.map((name) => isNamed(name, sample[test.on], known)));
    case 'saddr':
    case 'daddr':
      return any(test.within.map((network) => isWithin(sample[test.on], network, sample)));
    case 'protocol':
      return sample.protocol === undefined
        ? 'maybe'
        : certain(test.values.includes(sample.protocol));
    case 'sport':
    case 'dport':
      return portAnswer(test, sample);
    case 'state':
      return sample.state === undefined ? 'maybe' : certain(test.values.includes(sample.state));
    case 'family':
      return certain(test.value === sample.family);
    case 'local':
    case 'translated':
      return sample[test.on] === undefined ? 'maybe' : certain(sample[test.on] === true);
    case 'never':
      return 'no';
  }
}

function portAnswer(test: Test & { readonly on: 'sport' | 'dport' }, sample: Sample): Answer {
  if (test.protocol !== undefined && sample.protocol !== undefined)
    if (test.protocol !== sample.protocol) return 'no';
  const port = sample[test.on];
  if (port === undefined) return 'maybe';
  const isOne = test.ranges.some(([first, last]) => first <= port && port <= last);
  if (!isOne) return 'no';
  return test.protocol !== undefined && sample.protocol === undefined ? 'maybe' : 'yes';
}

function certain(value: boolean): Answer {
  return value ? 'yes' : 'no';
}

function any(answers: readonly Answer[]): Answer {
  if (answers.includes('yes')) return 'yes';
  return answers.includes('maybe') ? 'maybe' : 'no';
}

function isNamed(name: string, value: string | undefined, { ours, uplinks }: Known): Answer {
  if (name === '*') return certain(value !== NONE);
  if (value === undefined) return 'maybe';
  const isIt = (one: string) =>
    name.endsWith('*') ? one.startsWith(name.slice(0, -1)) : one === name;
  // A name that is meant for one of ours is meant for no other.
  if (value === OTHER) return [...ours].some(isIt) ? 'no' : 'maybe';
  if (value !== UPLINK) return certain(isIt(value));
  const those = [...uplinks].filter(isIt).length;
  return those === 0 ? 'no' : those === uplinks.size ? 'yes' : 'maybe';
}

function isOfFamily(networks: readonly string[], { family }: Pick<Sample, 'family'>): boolean {
  return networks.some((network) => network.includes(':') === (family === 6));
}

/** Whether an address or network lies in another. */
export function isWithin(
  value: string | undefined,
  network: string,
  sample: Pick<Sample, 'family'>,
): Answer {
  if (!isOfFamily([network], sample)) return 'no';
  if (value === undefined) return 'maybe';
  const [wide, narrow] = [rangeOf(network), rangeOf(value)];
  if (!wide || !narrow) return 'maybe';
  if (narrow.last < wide.first || narrow.first > wide.last) return 'no';
  return wide.first <= narrow.first && narrow.last <= wide.last ? 'yes' : 'maybe';
}

/** First and last address of a network; undefined for what is none. */
function rangeOf(network: string): { first: bigint; last: bigint } | undefined {
  const [from = '', to] = network.split('-');
  if (to !== undefined) {
    const [first, last] = [numberOf(from), numberOf(to)];
    return first !== undefined && last !== undefined ? { first, last } : undefined;
  }
  const [address = '', length] = network.split('/');
  const bits = address.includes(':') ? 128 : 32;
  const fixed = length === undefined ? bits : Number(length);
  const value = numberOf(address);
  if (value === undefined || !Number.isInteger(fixed) || fixed < 0 || fixed > bits)
    return undefined;
  const free = BigInt(bits - fixed);
  const first = (value >> free) << free;
  return { first, last: first + (1n << free) - 1n };
}

function numberOf(address: string): bigint | undefined {
  if (address.includes(':')) {
    const canonical = parseIpv6(address);
    return canonical === undefined ? undefined : bitsOf(canonical);
  }
  const number = ipv4Number(address);
  return number === undefined ? undefined : BigInt(number);
}
