import { isOff, isOn } from '../../world/infra/index.ts';
import type { Desired, DesiredDomain, DesiredMachine } from '../../world/tree/index.ts';
import type { IdRange, Mapped } from './ranges.ts';
import { freeIds, hasOwnMap, nestedSize, PLAIN_SIZE } from './sub-ids.ts';

type Config = Readonly<Record<string, string>>;

/** What a machine's profiles and its own config say together; an empty value says nothing. */
export function declaredConfig(
  { profiles }: Pick<DesiredDomain, 'profiles'>,
  machine: DesiredMachine,
): Config {
  const layers = [
    ...machine.profiles.map((name) => profiles.find((profile) => profile.name === name)?.config),
    machine.config,
  ];
  return Object.fromEntries(
    layers.flatMap((layer) => Object.entries(layer ?? {}).filter(([, value]) => value !== '')),
  );
}

/** Whether a container hosts others, and needs users for them. */
export function hostsOthers(declared: Config): boolean {
  return isOn(declared['security.nesting']);
}

/** Whether anklume decides about the map of a machine: a container whose owner said nothing against it. */
export function getsOwnMap(machine: DesiredMachine, declared: Config): boolean {
  return (
    machine.type === 'lxc' &&
    !isOff(declared['security.idmap.isolated']) &&
    !isOn(declared['security.privileged'])
  );
}

/**
 * The keys that give a container users of its own. What is declared wins over each. Where machines share a volume and
 * the kernel cannot show one file under several owners, those machines share the users that no other has.
 */
export function idmapConfig(
  declared: Config,
  { nested, sharesIds }: { readonly nested: number; readonly sharesIds: boolean },
): Config {
  if (sharesIds)
    return { 'security.idmap.isolated': 'false', 'security.idmap.size': String(PLAIN_SIZE) };
  return {
    'security.idmap.isolated': 'true',
    ...(hostsOthers(declared) && { 'security.idmap.size': String(nested) }),
  };
}

/** What all maps of a world together depend on. */
export interface IdmapPlan {
  /** Size for a machine that hosts others: what it has, or what all that have none get. */
  readonly nestedFor: (live: Mapped | undefined) => number;
  /** Users that are still free once every machine of the world has its map; below zero they do not suffice. */
  readonly left: number;
}

/** Divides what the daemon has among the machines that have no map of their own yet. */
export function planIdmaps(
  desired: Desired,
  instances: readonly Mapped[],
  range: IdRange | undefined,
): IdmapPlan {
  const free = freeIds(range, instances);
  const open = desired.domains.flatMap((domain) =>
    domain.machines.flatMap((machine) => {
      const declared = declaredConfig(domain, machine);
      const live = instances.find(
        ({ project, name }) => project === domain.project && name === machine.instance,
      );
      return getsOwnMap(machine, declared) && !(live && hasOwnMap(live)) ? [declared] : [];
    }),
  );
  const sizeOf = (declared: Config) => Number(declared['security.idmap.size'] ?? Number.NaN);
  const stated = open.filter((declared) => sizeOf(declared) > 0);
  const others = open.filter((declared) => !(sizeOf(declared) > 0));
  const nested = others.filter(hostsOthers).length;
  const asked =
    stated.reduce((sum, declared) => sum + sizeOf(declared), 0) +
    (others.length - nested) * PLAIN_SIZE;
  const size = nestedSize(free - asked, nested);
  return {
    nestedFor: (live) => {
      const has = live && hasOwnMap(live) ? Number(live.config['security.idmap.size']) : Number.NaN;
      return has >= PLAIN_SIZE ? has : size;
    },
    // Incus looks for as many free users again whenever it makes a snapshot.
    left: free - asked - nested * size - (open.length > 0 ? PLAIN_SIZE : 0),
  };
}
