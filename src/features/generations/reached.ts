import { AnklumeError } from '../../base/messages/index.ts';
import {
  type Desired,
  type DesiredDomain,
  type DesiredMachine,
  selectMachines,
} from '../../world/tree/index.ts';
import type { GenerationRecord } from './record.ts';

/**
 * The world that a generation brought about. Its tree tells all of that, unless the run was limited, or removed machines
 * by name: what it left alone still stood as the runs before had made it. `read` gives the world of a generation's tree,
 * where it can be read.
 */
export async function reachedBy(
  records: readonly GenerationRecord[],
  number: number,
  own: Desired,
  read: (number: number) => Promise<Desired | undefined>,
): Promise<Desired> {
  const record = records.find((one) => one.number === number);
  if (!record) return own;
  // A rollback's tree is that of its target, and so is what it reached.
  const shape = record.kind === 'rollback' ? record.target?.shape : undefined;
  if (shape !== undefined && shape > 0 && shape < number)
    return reachedBy(records, shape, own, read);
  const { limit, kinds, byName, removed = [] } = record;
  if (limit === undefined && !kinds && !byName) return own;
  // Also one that failed: most of what it was about was done, and a limited run often finishes the rest.
  const last = records.findLast((one) => one.number < number && one.hasFiles);
  const earlier = last && (await read(last.number));
  const before = last && earlier && (await reachedBy(records, last.number, earlier, read));
  if (byName) return without(removed, before ?? own);
  if (!before) return own;
  const touched = kinds ? ofKinds(kinds, own, before) : own;
  return limit === undefined ? touched : within(limit, touched, before);
}

/** Ids of machines that are gone. Pure. */
function without(removed: readonly string[], world: Desired): Desired {
  const gone = new Set(removed);
  const domains = world.domains.map((domain) => ({
    ...domain,
    machines: domain.machines.filter(
      ({ instance }) => !gone.has(`instance:${domain.project}/${instance}`),
    ),
  }));
  return { ...world, domains };
}

/** `own` for objects of these kinds, `before` for all others. Pure. */
function ofKinds(kinds: readonly string[], own: Desired, before: Desired): Desired {
  const stays = before.domains.filter(({ name }) => !own.domains.some((one) => one.name === name));
  const domains = own.domains.flatMap((now) => {
    const old = before.domains.find(({ name }) => name === now.name);
    return domainOfKinds(kinds, now, old) ?? [];
  });
  return { ...own, domains: [...stays, ...domains] };
}

function domainOfKinds(
  kinds: readonly string[],
  now: DesiredDomain,
  old: DesiredDomain | undefined,
): DesiredDomain | undefined {
  const ground = kinds.includes('networks') || kinds.includes('projects');
  if (!old && !ground && !kinds.includes('instances')) return undefined;
  const shared = kinds.includes('networks') || !old ? now : { ...now, ...sharedOf(old) };
  const stayed = (old?.machines ?? []).map((machine) => alongWith(kinds, machine, now));
  const machines = kinds.includes('instances') ? now.machines : stayed;
  const profiles = kinds.includes('profiles') ? now.profiles : (old?.profiles ?? []);
  return { ...shared, profiles, machines };
}

/** A machine that was not meant: its bridge took it along to other addresses, and its volumes are objects of their own. */
function alongWith(
  kinds: readonly string[],
  machine: DesiredMachine,
  { machines }: DesiredDomain,
): DesiredMachine {
  const now = machines.find(({ name }) => name === machine.name);
  if (!now) return machine;
  const { ip, ip6, volumes } = now;
  return {
    ...machine,
    ...(kinds.includes('networks') && { ip, ...(ip6 !== undefined && { ip6 }) }),
    ...(kinds.includes('volumes') && { volumes }),
  };
}

/** What a domain's bridge is made from. */
function sharedOf({ network, internet, lan }: DesiredDomain) {
  return { network, internet, lan };
}

/** `own` within the limit, `before` all around it. Pure. */
function within(limit: string, own: Desired, before: Desired): Desired {
  const selected = readLimit(own, limit);
  if (!selected) return own;
  const now = selected.map(({ domain, machines, whole }) => {
    const old = before.domains.find(({ name }) => name === domain.name);
    return whole ? domain : withMachines(domain, machines, old);
  });
  const named = (name: string) => now.find((one) => one.name === name);
  const known = new Set(before.domains.map(({ name }) => name));
  const domains = [
    ...before.domains.map((one) => named(one.name) ?? one),
    ...now.filter(({ name }) => !known.has(name)),
  ];
  return { ...own, domains };
}

/** Undefined where the world that the run was about knows none of it. */
function readLimit(own: Desired, limit: string) {
  try {
    return selectMachines(own.domains, limit);
  } catch (error) {
    if (error instanceof AnklumeError) return undefined;
    throw error;
  }
}

/** What machines share belongs to each of them. */
function withMachines(
  domain: DesiredDomain,
  meant: readonly DesiredMachine[],
  old: DesiredDomain | undefined,
): DesiredDomain {
  const others = (old?.machines ?? []).filter(
    ({ name, instance }) => !meant.some((one) => one.name === name || one.instance === instance),
  );
  return { ...domain, machines: [...others, ...meant] };
}
