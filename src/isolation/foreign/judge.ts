import type { Text } from '../../base/messages/index.ts';
import type { FlowModel } from '../model/flows.ts';
import type { Diversion, ForeignChain } from './chains.ts';
import { isOfAnother, ownerOf, programOf } from './owners.ts';
import { type Passage, type Place, passagesOf } from './passages.ts';
import { NONE, OTHER, type Sample, UPLINK } from './sample.ts';
import { type Outcome, outcomesOf } from './walk.ts';

/** A chain that is not ours and that changes what becomes of packets of ours. Plain JSON. */
export interface ForeignRules {
  /** `ip filter FORWARD` */
  readonly chain: string;
  /** The program that made it, where it is known. */
  readonly owner?: string;
  /** `closes`: what should be open. `may-close`: perhaps. `diverts`: sends packets elsewhere, or makes them others. */
  readonly does: 'closes' | 'may-close' | 'diverts';
  readonly how?: Diversion;
  /** The line that does it. */
  readonly rule: string;
  /** The ways that it closes. */
  readonly ways: readonly Text[];
  /** What lets them pass, as it is typed. */
  readonly commands: readonly string[];
  readonly lasting?: Text;
}

/** What else decides where packets meet rules. */
export interface Surroundings {
  /** Interfaces whose conversations a flow table takes past the rules. */
  readonly offloaded: ReadonlySet<string>;
  /** Interfaces by which the host reaches the internet. */
  readonly uplinks: ReadonlySet<string>;
  /** Frames within a bridge pass the hooks of IP as well (br_netfilter). */
  readonly bridged: boolean;
}

/** Everything in chains of others that closes what should be open, or diverts what is ours. */
export function judgeForeign(
  model: FlowModel,
  chains: readonly ForeignChain[],
  { offloaded, uplinks, bridged }: Surroundings,
): ForeignRules[] {
  const ports = model.machines.flatMap(({ card }) => card?.port ?? []);
  const ours = new Set([...model.domains.map(({ bridge }) => bridge), ...ports]);
  const passages = passagesOf(model, bridged);
  const wild = wildSamples(model);
  const keys = new Set(chains.map(tableOf));
  return [...keys].flatMap((key) => {
    const table = chains.filter((one) => tableOf(one) === key);
    const byName = new Map(table.map((chain) => [chain.name, chain]));
    const bases = table.filter(({ hook }) => hook !== undefined);
    return bases.flatMap((base) => {
      const run = (sample: Sample) => outcomesOf(base, byName, sample, { ours, uplinks });
      const names = table.map(({ name }) => name);
      // What Incus drops are packets that are not as its pins say, and it closes nothing else.
      const closes = base.table === 'incus' ? [] : closedBy(base, names, passages, run, ours);
      // Pins of another infrastructure drop what is forged in the name of its machines; what they close is certain.
      const told = isOfAnother(base.table, names) ? closes.filter(isCertain) : closes;
      return [...told, ...divertedBy(base, names, wild, run, offloaded)];
    });
  });
}

const isCertain = ({ does }: ForeignRules) => does !== 'may-close';

type Run = (sample: Sample) => Outcome[];

function closedBy(
  base: ForeignChain,
  names: readonly string[],
  passages: readonly Passage[],
  run: Run,
  ours: ReadonlySet<string>,
): ForeignRules[] {
  const found = passages.flatMap((passage) => {
    const drops = passage.at
      .filter(([place, sample]) => isAt(base, place, sample, ours))
      .flatMap(([, sample]) => run(sample).filter(({ does }) => does === 'drop'));
    const worst = drops.find(({ certain }) => certain) ?? drops[0];
    return worst ? [{ passage, ...worst }] : [];
  });
  const owner = ownerOf(base, names);
  return [true, false].flatMap((certain): ForeignRules[] => {
    const those = found.filter((one) => one.certain === certain);
    const [first] = those;
    if (!first) return [];
    const bridges = new Set(those.flatMap(({ passage }) => passage.bridges));
    return [
      {
        chain: titleOf(base),
        ...(owner.name && { owner: owner.name }),
        does: certain ? 'closes' : 'may-close',
        rule: first.rule,
        ways: those.map(({ passage }) => passage.name),
        commands: owner.lines([...bridges].sort()),
        lasting: owner.lasting,
      },
    ];
  });
}

function divertedBy(
  base: ForeignChain,
  names: readonly string[],
  wild: readonly (readonly [Place, Sample])[],
  run: Run,
  offloaded: ReadonlySet<string>,
): ForeignRules[] {
  const owner = ownerOf(base, names);
  const strangers = new Set(STRANGERS.flatMap((sample) => run(sample).map(keyOf)));
  const found = new Map<string, Outcome>();
  for (const [place, sample] of wild) {
    if (!isAt(base, place, sample, new Set([sample.iif ?? '', sample.oif ?? '']))) continue;
    for (const outcome of run(sample)) {
      if (!matters(base, outcome, sample, strangers, offloaded)) continue;
      if (!found.has(keyOf(outcome))) found.set(keyOf(outcome), outcome);
    }
  }
  return [...found.values()].map(({ does, rule }) => ({
    chain: titleOf(base),
    ...(owner.name && { owner: owner.name }),
    does: 'diverts',
    ...(does !== 'drop' && { how: does }),
    rule,
    ways: [],
    commands: [],
  }));
}

function keyOf({ does, rule }: Outcome): string {
  return `${does} ${rule}`;
}

/**
 * Whether something that a rule does to packets of ours is more than what a host does to all: a copy always is. What a
 * program decides is where it is asked about ours alone, and a translation where it surely happens, too; that of a
 * source, on the way out, opens nothing.
 */
function matters(
  base: ForeignChain,
  { does, certain, rule }: Outcome,
  sample: Sample,
  strangers: ReadonlySet<string>,
  offloaded: ReadonlySet<string>,
): boolean {
  if (does === 'drop') return false;
  if (does === 'copy' || does === 'forward') return true;
  if (does === 'bypass') return [sample.iif, sample.oif].some((name) => offloaded.has(name ?? ''));
  // Incus translates what it was told to: a network forward, a proxy device, the way out.
  if (does === 'translate' && base.table === 'incus') return false;
  if (does === 'translate' && base.hook === 'postrouting') return false;
  return (certain && does !== 'hand-over') || !strangers.has(keyOf({ does, certain, rule }));
}

/** Packets that have nothing to do with us, by addresses that nobody has. */
const STRANGERS: readonly Sample[] = [
  { family: 4, iif: OTHER, oif: OTHER, saddr: '192.0.2.0/24', daddr: '198.51.100.0/24' },
  { family: 4, iif: OTHER, oif: NONE, saddr: '192.0.2.0/24', local: true },
  { family: 6, iif: OTHER, oif: OTHER, saddr: '2001:db8:1::/48', daddr: '2001:db8:2::/48' },
];

/** Any packet that comes from one of our interfaces or leaves by one, at each place. */
function wildSamples({ domains, machines }: FlowModel): (readonly [Place, Sample])[] {
  const hooks = ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const;
  const samples = (names: readonly string[], layer: 'ip' | 'bridge', family: 4 | 6) =>
    names.flatMap((name) =>
      hooks.flatMap((hook) =>
        ends(hook, name).map((way) => [`${layer} ${hook}` as const, { family, ...way }] as const),
      ),
    );
  const bridges = domains.map(({ bridge }) => bridge);
  const ports = machines.flatMap(({ card }) => card?.port ?? []);
  return [
    ...samples(bridges, 'ip', 4),
    ...samples(bridges, 'ip', 6),
    ...samples(ports, 'bridge', 4),
    ...[...bridges, ...ports].flatMap((name) => [
      ['netdev ingress', { family: 4, iif: name, oif: NONE }] as const,
      ['netdev egress', { family: 4, iif: NONE, oif: name }] as const,
    ]),
  ];
}

function ends(hook: string, name: string): Pick<Sample, 'iif' | 'oif'>[] {
  if (hook === 'prerouting' || hook === 'input') return [{ iif: name, oif: NONE }];
  if (hook === 'output') return [{ iif: NONE, oif: name }];
  if (hook === 'postrouting') return [{ oif: name }, { iif: name, oif: UPLINK }];
  return [{ iif: name }, { oif: name }];
}

/** Whether a chain with a hook sees packets at a place. */
function isAt(
  { family, hook, devices }: ForeignChain,
  place: Place,
  { family: version, iif, oif }: Sample,
  ours: ReadonlySet<string>,
): boolean {
  const [layer = '', at = ''] = place.split(' ');
  if (at !== hook) return false;
  if (layer === 'netdev') {
    const device = at === 'ingress' ? iif : oif;
    if (family !== 'netdev' && family !== 'inet') return false;
    if (!devices) return true;
    // What leads out is a device of the host that is none of ours.
    return device === UPLINK
      ? devices.some((one) => !ours.has(one))
      : devices.includes(device ?? '');
  }
  if (layer === 'bridge') return family === 'bridge';
  return family === 'inet' || family === (version === 4 ? 'ip' : 'ip6');
}

function tableOf({ family, table, older }: ForeignChain): string {
  return older ? `${programOf(family)}-legacy ${table}` : `${family} ${table}`;
}

/** `ip filter FORWARD`, or `iptables-legacy filter FORWARD`. */
function titleOf(chain: ForeignChain): string {
  return `${tableOf(chain)} ${chain.name}`;
}
