import { type Ceilings, isOff } from '../world/infra/index.ts';
import type { DesiredDomain, DesiredMachine } from '../world/tree/index.ts';
import { ceilingConfig, ceilingsFor, diskCeiling } from './ceilings.ts';
import { declaredConfig, getsOwnMap, type IdmapPlan, idmapConfig } from './idmap/defaults.ts';
import { PLAIN_SIZE } from './idmap/sub-ids.ts';
import { declaredKeys } from './marks.ts';
import type { Observed } from './observed.ts';

type Config = Readonly<Record<string, string>>;
type Live = Observed['instances'][number];

/** What a machine gets without a word in infra.yml; all that is declared wins over it. */
export interface MachineDefaults {
  readonly config: Config;
  /** Size of its root disk, where that is a ceiling. */
  readonly rootSize?: string;
  /** It needs a root disk of its own, as that of its profile has another size. */
  readonly ownRoot?: boolean;
  /** It does not start with its host, whatever is declared: nothing would stand between it and the others. */
  readonly held?: boolean;
}

export const NO_DEFAULTS: MachineDefaults = { config: {} };

/** What the defaults of one machine depend on beside what is declared. */
export interface DefaultsContext {
  readonly live: Live | undefined;
  readonly nestedFor: IdmapPlan['nestedFor'];
  /** It shares a volume with others, and the kernel cannot show them one file under several owners. */
  readonly sharesIds: boolean;
}

/** The keys: a map of users of its own, and ceilings. A ceiling that somebody set by hand stays. */
export function defaultConfig(
  domain: Pick<DesiredDomain, 'profiles' | 'ceilings'>,
  machine: DesiredMachine,
  { live, nestedFor, sharesIds }: DefaultsContext,
): Config {
  const declared = declaredConfig(domain, machine);
  const idmap = getsOwnMap(machine, declared)
    ? idmapConfig(declared, { nested: nestedFor(live), sharesIds })
    : {};
  const byHand = live ? new Set(handSet(live)) : new Set<string>();
  const ceilings = Object.entries(ceilingConfig(domain, machine, declared)).filter(
    ([key]) =>
      !byHand.has(key) && !(key === 'limits.memory.enforce' && byHand.has('limits.memory')),
  );
  return Object.fromEntries(
    [...Object.entries(idmap), ...ceilings].filter(([key]) => declared[key] === undefined),
  );
}

function handSet({ config }: Live): string[] {
  const ours = new Set(declaredKeys(config).config);
  return Object.keys(config).filter((key) => !ours.has(key) && config[key] !== '');
}

/** The size of root disks that the default profile of a domain gives; a virtual machine in it needs another. */
export function profileRootSize(
  domain: DesiredDomain,
  pool: string | undefined,
  observed: Observed,
): string | undefined {
  if (domain.machines.some(({ type }) => type === 'vm')) return undefined;
  const profile = observed.profiles.find(
    (one) => one.project === domain.project && one.name === 'default',
  );
  const held = observed.instances
    .filter(({ project }) => project === domain.project)
    .map((live) => heldBy(live, observed, pool));
  return diskCeiling(
    withinReach(ceilingsFor(domain), observed),
    poolOf(observed, pool),
    profile?.devices.root?.size,
    Math.max(0, ...held),
  );
}

/** The root disk of one container, where that of its profile is not what it is to have. */
export function ownRootSize(
  domain: DesiredDomain,
  machine: DesiredMachine,
  pool: string | undefined,
  observed: Observed,
  live: Live | undefined,
): Pick<MachineDefaults, 'rootSize' | 'ownRoot'> {
  if (machine.type === 'vm') return {};
  const standing = live?.devices.root?.size ?? live?.expanded_devices.root?.size;
  const ceilings = withinReach(ceilingsFor(domain, machine), observed);
  const rootSize = diskCeiling(
    ceilings,
    poolOf(observed, pool),
    standing,
    live ? heldBy(live, observed, pool) : 0,
  );
  const ofProfile = profileRootSize(domain, pool, observed);
  // One of the user's own, or none of ours to begin with.
  const declaresRoot = [
    machine.devices,
    ...machine.profiles.map((name) => domain.profiles.find((one) => one.name === name)?.devices),
  ].some((devices) => Object.values(devices ?? {}).some(({ path }) => path === '/'));
  const ownRoot = !declaresRoot && machine.profiles.includes('default') && rootSize !== ofProfile;
  return { ...(rootSize !== undefined && { rootSize }), ownRoot };
}

/** No size that nobody asked for where the daemon could not hold a disk to it, and would make no machine. */
function withinReach(ceilings: Ceilings, { quotas }: Pick<Observed, 'quotas'>): Ceilings {
  return quotas === false && ceilings.disk === undefined ? { ...ceilings, disk: false } : ceilings;
}

/** Bytes that a machine may hold: what was measured, else all that its pool holds. */
function heldBy({ project, name }: Live, observed: Observed, pool: string | undefined): number {
  return (
    observed.usage?.[`instance:${project}/${name}`] ?? poolOf(observed, pool)?.space?.used ?? 0
  );
}

function poolOf(observed: Observed, name: string | undefined) {
  return observed.pools.find((pool) => pool.name === name);
}

/** The defaults of a machine as far as it can tell itself: what depends on all others is taken to be right. */
export function standingDefaults(
  domain: DesiredDomain,
  machine: DesiredMachine,
  live: Live,
): MachineDefaults {
  const size = live.config['security.idmap.size'];
  const byUs = declaredKeys(live.config).defaults ?? [];
  const sharesIds = byUs.includes(ISOLATED) && isOff(live.config[ISOLATED]);
  const config = defaultConfig(domain, machine, {
    live,
    nestedFor: () => Number(size ?? 0),
    sharesIds,
  });
  const { 'security.idmap.size': _, ...unsized } = config;
  const { root } = live.devices;
  return {
    config: size === undefined ? unsized : config,
    ...(root?.size !== undefined && { rootSize: root.size }),
    ownRoot: root !== undefined && !Object.hasOwn(machine.devices, 'root'),
  };
}

const ISOLATED = 'security.idmap.isolated';

/** The same for a machine that is made for a while with nothing but the default profile, in a domain or in none. */
export function plainDefaults(domain: DesiredDomain | undefined): Config {
  const machine: DesiredMachine = {
    name: '',
    instance: '',
    domain: domain?.name ?? '',
    description: '',
    type: 'lxc',
    ip: '',
    ephemeral: true,
    image: '',
    gpu: false,
    profiles: ['default'],
    config: {},
    devices: {},
    volumes: [],
    roles: [],
  };
  const alone = { profiles: [] as DesiredDomain['profiles'] };
  const context = { live: undefined, nestedFor: () => PLAIN_SIZE, sharesIds: false };
  return defaultConfig(domain ?? alone, machine, context);
}
