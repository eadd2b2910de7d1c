import type { Incus, InstanceFull } from '../../incus/index.ts';
import type { Place } from './find.ts';

/** What a machine uses. Plain JSON; a number that the daemon does not give is absent. */
export interface Usage {
  readonly domain: string;
  readonly trust?: string;
  readonly machine: string;
  /** Incus's own word, or `Absent`. */
  readonly state: string;
  /** Processors in use between two looks: 1.5 is one and a half. */
  readonly processors?: number;
  /** Bytes. */
  readonly memory?: number;
  /** Bytes on its root disk and other volumes. */
  readonly disk?: number;
  /** Bytes a second, into the machine and out of it. */
  readonly received?: number;
  readonly sent?: number;
  readonly processes?: number;
}

/** Counters of one machine, as they stood at a moment. */
export interface Sample {
  /** Milliseconds. */
  readonly at: number;
  readonly instances: ReadonlyMap<string, InstanceFull>;
}

/** Reads the counters of every machine, in one call. */
export async function takeSample(incus: Incus): Promise<Sample> {
  const instances = await incus.instances.listFull();
  return {
    at: performance.now(),
    instances: new Map(instances.map((one) => [`${one.project}/${one.name}`, one])),
  };
}

/** What the machines used between two samples, those that use most first. */
export function usageBetween(before: Sample, after: Sample, places: readonly Place[]): Usage[] {
  const seconds = (after.at - before.at) / 1000;
  return places
    .map((place) => {
      const key = `${place.project}/${place.instance}`;
      return usageOf(place, before.instances.get(key), after.instances.get(key), seconds);
    })
    .sort((a, b) => weight(b) - weight(a) || (b.memory ?? -1) - (a.memory ?? -1));
}

const weight = ({ processors = -1 }: Usage) => Math.round(processors * 100);

function usageOf(
  { domain, trust, machine }: Place,
  before: InstanceFull | undefined,
  after: InstanceFull | undefined,
  seconds: number,
): Usage {
  const name = { domain, ...(trust !== undefined && { trust }), machine };
  const state = after?.state;
  if (!after || !state || after.status !== 'Running')
    return { ...name, state: after?.status ?? 'Absent' };
  // A machine that was started anew counts from zero: what it used before is not known.
  const isSame = before?.state?.pid === state.pid;
  const rate = (now: number | undefined, then: number | undefined) =>
    isSame && now !== undefined && then !== undefined && now >= then
      ? (now - then) / seconds
      : undefined;
  const cpu = rate(state.cpu?.usage, before?.state?.cpu?.usage);
  const traffic = trafficOf(after);
  const earlier = before && trafficOf(before);
  const received = rate(traffic.received, earlier?.received);
  const sent = rate(traffic.sent, earlier?.sent);
  const disk = Object.values(state.disk ?? {}).reduce((sum, { usage = 0 }) => sum + usage, 0);
  return {
    ...name,
    state: after.status,
    ...(cpu !== undefined && { processors: cpu / 1e9 }),
    ...(positive(state.memory?.usage) && { memory: state.memory?.usage }),
    ...(disk > 0 && { disk }),
    ...(received !== undefined && { received }),
    ...(sent !== undefined && { sent }),
    ...(positive(state.processes) && { processes: state.processes }),
  };
}

function positive(value: number | undefined): boolean {
  return value !== undefined && value > 0;
}

/** All NICs together. The counters are the machine's own. */
function trafficOf({ state }: InstanceFull): { received: number; sent: number } {
  const nics = Object.entries(state?.network ?? {}).filter(([name]) => name !== 'lo');
  const sum = (read: (one: { bytes_received: number; bytes_sent: number }) => number) =>
    nics.reduce((total, [, { counters }]) => total + (counters ? read(counters) : 0), 0);
  return { received: sum((one) => one.bytes_received), sent: sum((one) => one.bytes_sent) };
}
