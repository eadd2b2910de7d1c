import { DEFAULTS } from './defaults.ts';
import { error, type Finding, warning } from './finding.ts';
import { parseReserve, type Reserve } from './reserve.ts';
import type { RawResourcePolicy } from './schema.ts';
import type { Config, Domain, HostResources, Machine } from './types.ts';
import { parseAllowance, parseCpus, parsePercent, parseSize } from './units.ts';

const MIB = 2 ** 20;
const PATH = ['global', 'resource_policy'];

/** The settings of a policy with nothing left open. */
interface Policy {
  readonly equal: boolean;
  readonly count: boolean;
  readonly soft: boolean;
  readonly overcommit: boolean;
  readonly reserve: { readonly cpu: Reserve; readonly memory: Reserve };
}

/** What a machine asked for by hand, and the limits that it gets on top. */
interface Claim {
  readonly machine: Machine;
  /** Processors or bytes; undefined when the machine leaves it to us. */
  readonly explicit: number | undefined;
}

interface Share {
  readonly limits: ReadonlyMap<string, Config>;
  readonly findings: readonly Finding[];
}

/**
 * Divides what the host can spare among the machines that set no limit of their own, by weight or evenly.
 * Limits set by hand, on the machine or in a profile, count against the pool. Virtual machines know neither
 * allowances nor soft limits: they get whole processors and a plain size.
 */
export function shareResources(
  domains: readonly Domain[],
  written: RawResourcePolicy | boolean | undefined,
  host: HostResources | undefined,
): { readonly domains: readonly Domain[]; readonly findings: readonly Finding[] } {
  if (written === undefined || written === false) return { domains, findings: [] };
  if (!host) return { domains, findings: [hostUnknown()] };
  const policy = complete(written === true ? {} : written);
  const cpu = shareCpus(domains, policy, host);
  const memory = shareMemory(domains, policy, host);
  const shared = domains.map((domain) => ({
    ...domain,
    machines: domain.machines.map((machine) => ({
      ...machine,
      config: {
        ...memory.limits.get(machine.name),
        ...cpu.limits.get(machine.name),
        ...machine.config,
      },
    })),
  }));
  return { domains: shared, findings: [...cpu.findings, ...memory.findings] };
}

function complete(written: RawResourcePolicy): Policy {
  const reserve = (key: 'cpu' | 'memory'): Reserve =>
    parseReserve(written.host_reserve?.[key] ?? DEFAULTS.hostReserve, key) ?? { part: 0 };
  return {
    equal: written.mode === 'equal',
    count: written.cpu_mode === 'count',
    soft: written.memory_enforce !== 'hard',
    overcommit: written.overcommit === true,
    reserve: { cpu: reserve('cpu'), memory: reserve('memory') },
  };
}

function shareCpus(domains: readonly Domain[], policy: Policy, host: HostResources): Share {
  const claims = claimsOf(domains, (config) => explicitCpus(config, host));
  const pool = poolOf(host.cpus, policy.reserve.cpu);
  if (pool <= 0 && claims.length > 0) return nothingToShare('cpu');
  const limits = new Map<string, Config>();
  let used = 0;
  for (const { machine, share } of divide(claims, pool, policy)) {
    if (policy.count || machine.type === 'vm') {
      const cpus = Math.max(1, Math.floor(share));
      used += cpus;
      limits.set(machine.name, { 'limits.cpu': String(cpus) });
    } else {
      const percent = Math.max(1, Math.floor((share / host.cpus) * 100));
      // Percentages are whole and weigh machines against each other: rounding up takes nothing from the pool.
      used += share;
      limits.set(machine.name, { 'limits.cpu.allowance': `${percent}%` });
    }
  }
  return { limits, findings: exceeded('cpu', used, claims, pool, limits.size, policy) };
}

function shareMemory(domains: readonly Domain[], policy: Policy, host: HostResources): Share {
  const claims = claimsOf(domains, (config) => explicitMemory(config, host));
  const pool = poolOf(host.memoryBytes, policy.reserve.memory);
  if (pool <= 0 && claims.length > 0) return nothingToShare('memory');
  const limits = new Map<string, Config>();
  let used = 0;
  for (const { machine, share } of divide(claims, pool, policy)) {
    const mib = Math.max(1, Math.floor(share / MIB));
    used += mib * MIB;
    limits.set(machine.name, {
      'limits.memory': `${mib}MiB`,
      ...(policy.soft && machine.type === 'lxc' && { 'limits.memory.enforce': 'soft' }),
    });
  }
  return { limits, findings: exceeded('memory', used, claims, pool, limits.size, policy) };
}

function claimsOf(
  domains: readonly Domain[],
  explicit: (config: Config) => number | undefined,
): Claim[] {
  return domains.flatMap((domain) => {
    const configs = new Map(domain.profiles.map(({ name, config }) => [name, config]));
    return domain.machines.map((machine) => {
      const profiles = machine.profiles.map((name) => configs.get(name));
      const config: Config = Object.assign({}, ...profiles, machine.config);
      return { machine, explicit: explicit(config) };
    });
  });
}

/** Processors that limits.cpu and limits.cpu.allowance let a machine use together; the smaller one decides. */
function explicitCpus(config: Config, host: HostResources): number | undefined {
  const count = parseCpus(config['limits.cpu'] ?? '');
  const allowance = parseAllowance(config['limits.cpu.allowance'] ?? '');
  const allowed =
    allowance && ('cpus' in allowance ? allowance.cpus : allowance.ofHost * host.cpus);
  if (count === undefined) return allowed;
  return allowed === undefined ? count : Math.min(count, allowed);
}

function explicitMemory(config: Config, host: HostResources): number | undefined {
  const text = config['limits.memory'];
  if (text === undefined) return undefined;
  const part = parsePercent(text);
  return part === undefined ? parseSize(text) : part * host.memoryBytes;
}

function poolOf(all: number, reserve: Reserve): number {
  return Math.max(0, 'part' in reserve ? all * (1 - reserve.part) : all - reserve.amount);
}

function explicitSum(claims: readonly Claim[]): number {
  return claims.reduce((sum, { explicit = 0 }) => sum + explicit, 0);
}

function open(claims: readonly Claim[]): number {
  return claims.filter(({ explicit }) => explicit === undefined).length;
}

/** Each open claim's part of what the explicit ones leave; nobody's when they leave nothing. */
function divide(
  claims: readonly Claim[],
  pool: number,
  { equal }: Policy,
): { readonly machine: Machine; readonly share: number }[] {
  const rest = pool - explicitSum(claims);
  if (rest <= 0) return [];
  const takers = claims.filter(({ explicit }) => explicit === undefined).map((one) => one.machine);
  const weight = (machine: Machine) => (equal ? 1 : machine.weight);
  const total = takers.reduce((sum, machine) => sum + weight(machine), 0);
  return takers.map((machine) => ({ machine, share: (rest * weight(machine)) / total }));
}

/** Part of the pool by which rounding may overshoot without anybody being told. */
const SLACK = 1e-6;

function exceeded(
  kind: 'cpu' | 'memory',
  used: number,
  claims: readonly Claim[],
  pool: number,
  sharers: number,
  { overcommit, soft }: Policy,
): Finding[] {
  const byHand = explicitSum(claims);
  const total = used + byHand;
  const nothingLeft = sharers < open(claims);
  if (total <= pool * (1 + SLACK) && !nothingLeft) return [];
  // A soft policy promises nothing: its limits hold back when the host runs short. What somebody wrote by hand is a
  // ceiling, and a file made for a larger host still loads.
  const report = overcommit || (soft && (kind === 'memory' || byHand > 0)) ? warning : error;
  const amount = (value: number) =>
    kind === 'memory' ? `${Math.ceil(value / MIB)} MiB` : String(Math.ceil(value * 100) / 100);
  const what =
    kind === 'memory' ? { en: 'memory', fr: 'mémoire' } : { en: 'processors', fr: 'processeurs' };
  return [
    report(
      'resources-exceeded',
      PATH,
      {
        en: `The machines need more ${what.en} (${amount(total)}) than the host can spare (${amount(pool)})${nothingLeft ? '; nothing is left for those without limits' : ''}.`,
        fr: `Les machines demandent plus de ${what.fr} (${amount(total)}) que l'hôte ne peut en donner (${amount(pool)})${nothingLeft ? ' ; il ne reste rien pour celles qui sont sans limites' : ''}.`,
      },
      {
        remedy: {
          en: "Lower the limits or 'host_reserve', remove machines, or write 'overcommit: true'.",
          fr: 'Baissez les limites ou « host_reserve », retirez des machines, ou écrivez « overcommit: true ».',
        },
      },
    ),
  ];
}

/** The host keeps all for itself: a file made for a larger one is loaded, and nothing is shared out. */
function nothingToShare(key: 'cpu' | 'memory'): Share {
  const finding = warning(
    'reserve-too-large',
    [...PATH, 'host_reserve', key],
    {
      en: `host_reserve.${key} leaves nothing of this host to share out, so no limits are set automatically.`,
      fr: `host_reserve.${key} ne laisse rien à répartir de cet hôte : aucune limite n'est fixée automatiquement.`,
    },
    {
      remedy: {
        en: 'Write less than the host has, for example "20%".',
        fr: 'Écrivez moins que ce que l\'hôte possède, par exemple "20%".',
      },
    },
  );
  return { limits: new Map(), findings: [finding] };
}

function hostUnknown(): Finding {
  return warning(
    'host-resources-unknown',
    PATH,
    {
      en: 'What the host has is not known, so no limits are set automatically.',
      fr: "On ne sait pas ce que l'hôte possède : aucune limite n'est fixée automatiquement.",
    },
    {
      remedy: {
        en: "Run 'anklume doctor' to see whether the daemon answers.",
        fr: 'Lancez « anklume doctor » pour voir si le démon répond.',
      },
    },
  );
}
