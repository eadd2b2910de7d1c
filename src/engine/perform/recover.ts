import { setTimeout as pause } from 'node:timers/promises';
import { AnklumeError } from '../../base/messages/index.ts';
import {
  type Incus,
  type Instance,
  isInstancePath,
  isKind,
  isNotFound,
  type Network,
} from '../../incus/index.ts';
import { holds } from '../compare.ts';
import { MARK } from '../marks.ts';
import { notOurs } from '../ownership.ts';
import type { PlanEntry, Wanted } from '../plan.ts';
import { isTorn } from '../resources/instance.ts';
import type { Live } from '../spec.ts';
import type { Outage } from './outage.ts';

type Doable = Exclude<PlanEntry, { readonly action: 'refuse' }>;

/** True of errors after which only a fresh look tells what is there. */
export function isUncertain(error: unknown): boolean {
  return isKind(error, 'unknown-outcome', 'unreachable', 'busy', 'already-exists');
}

/**
 * What is left of an entry whose outcome nobody heard: waits for the daemon, reads the object again and decides.
 * Nothing is ever sent a second time before that reading. Undefined: the object is as wanted.
 */
export async function remainder(
  incus: Incus,
  entry: Doable,
  projectName: string,
  outage: Outage,
  signal?: AbortSignal,
): Promise<Doable | undefined> {
  if (entry.kind === 'image') return entry;
  const live = await readWithPatience(incus, entry, outage, signal);
  if (entry.action === 'delete') return live && entry;
  if (!live) return 'body' in entry ? { ...entry, action: 'create' } : entry;
  const owner = live.config[MARK.project];
  if (entry.action === 'create' && owner !== projectName && !isDefaultProfile(entry))
    throw foreign(entry.id, owner);
  if (entry.kind === 'instance') return instanceRemainder(entry, live as Instance);
  if (!('body' in entry)) return undefined;
  if (entry.kind === 'network') return networkRemainder(entry, live as Network);
  return holds(entry.body, live) ? undefined : { ...entry, action: 'update' };
}

function instanceRemainder(entry: Doable, live: Instance): Doable | undefined {
  if (!('body' in entry)) return live.status === 'Running' ? undefined : entry;
  const isNew = entry.action === 'create' || entry.action === 'recreate';
  if (isNew && isTorn(live)) return { ...entry, action: 'recreate' };
  const start = entry.body.start === true && live.status !== 'Running';
  if (!holds(entry.body, live))
    return { ...entry, action: 'update', body: { ...entry.body, start } };
  if (start) return { ...entry, action: 'start' };
  return undefined;
}

function networkRemainder(
  entry: Extract<Doable, { readonly body: Wanted }>,
  live: Network,
): Doable | undefined {
  if (live.status !== 'Created') return { ...entry, action: 'recreate' };
  const unfinished = live.config[MARK.pending] !== undefined;
  const body: Wanted = unfinished
    ? { ...entry.body, config: { ...entry.body.config, [MARK.pending]: null, 'dns.mode': null } }
    : entry.body;
  return holds(body, live) ? undefined : { ...entry, action: 'update', body };
}

function isDefaultProfile(entry: Doable): boolean {
  return entry.kind === 'profile' && entry.name === 'default';
}

function foreign(id: string, owner: string | undefined): AnklumeError {
  const { code, reason, remedy } = notOurs(id, owner);
  return new AnklumeError({ code, message: reason, remedy });
}

async function readWithPatience(
  incus: Incus,
  entry: Doable,
  outage: Outage,
  signal?: AbortSignal,
): Promise<Live | undefined> {
  for (;;) {
    try {
      // An instance that an operation still works on is not judged: half-made and torn look the same.
      if (entry.kind === 'instance')
        await incus.operations.settled((path) => isInstancePath(path, entry));
      const live = await readLive(incus, entry);
      outage.end();
      return live;
    } catch (error) {
      if (isNotFound(error)) {
        outage.end();
        return undefined;
      }
      if (!isKind(error, 'unreachable', 'unknown-outcome')) throw error;
      if (outage.isTooLong() || signal?.aborted) throw error;
    }
    await pause(100);
  }
}

async function readLive(incus: Incus, entry: Doable): Promise<Live> {
  const project = entry.project ?? 'default';
  switch (entry.kind) {
    case 'network':
      return (await incus.networks.get(entry.name)).value;
    case 'project':
      return (await incus.projects.get(entry.name)).value;
    case 'profile':
      return (await incus.profiles.get(entry.name, { project })).value;
    case 'volume':
      return (await incus.volumes.get(entry.pool ?? '', entry.name, { project })).value;
    case 'instance':
      return (await incus.instances.get(entry.name, { project })).value;
    case 'image':
      return { config: {} };
  }
}
