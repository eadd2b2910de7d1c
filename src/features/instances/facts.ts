import { type Incus, type InstanceFull, isNotFound } from '../../incus/index.ts';
import type { Desired } from '../../world/tree/index.ts';
import type { Place } from './find.ts';

/** What one asks about a machine besides its state. Plain JSON. */
export interface MachineFacts {
  readonly description: string;
  readonly image: string;
  readonly roles: readonly string[];
  readonly profiles: readonly string[];
  readonly volumes: readonly { readonly name: string; readonly path?: string }[];
  /** Set on it in infra.yml: limits, nesting, and what else goes to Incus as it is. */
  readonly config: Readonly<Record<string, string>>;
  /** Absent where Incus has no such machine. */
  readonly live?: LiveFacts;
}

export interface LiveFacts {
  readonly created: string;
  /** Of its last start. */
  readonly started?: string;
  readonly processes?: number;
  /** Bytes. */
  readonly memory?: number;
  readonly macs: readonly string[];
  readonly snapshots: readonly string[];
}

/** Declared facts of a machine, and those that the daemon adds. */
export async function readMachine(
  incus: Incus,
  desired: Desired,
  { instance, project }: Place,
): Promise<MachineFacts> {
  const declared = desired.domains
    .find((domain) => domain.project === project)
    ?.machines.find((machine) => machine.instance === instance);
  const live = await readLive(incus, instance, project);
  return {
    description: declared?.description ?? '',
    image: declared?.image ?? '',
    roles: declared?.roles ?? [],
    profiles: declared?.profiles ?? [],
    volumes: (declared?.volumes ?? []).map(({ name, path }) => ({
      name,
      ...(path !== undefined && { path }),
    })),
    config: declared?.config ?? {},
    ...(live && { live: liveFacts(live) }),
  };
}

async function readLive(
  incus: Incus,
  instance: string,
  project: string,
): Promise<InstanceFull | undefined> {
  try {
    return await incus.instances.getFull(instance, { project });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** The daemon's word for a machine that was never started. */
const NEVER = /^(0001|1970)-/;

function liveFacts(live: InstanceFull): LiveFacts {
  const { created_at: created, last_used_at: started = '', state, snapshots } = live;
  const cards = Object.entries(state?.network ?? {}).filter(([name]) => name !== 'lo');
  const memory = state?.memory?.usage ?? 0;
  const processes = state?.processes ?? 0;
  return {
    created,
    ...(started !== '' && !NEVER.test(started) && { started }),
    ...(processes > 0 && { processes }),
    ...(memory > 0 && { memory }),
    macs: cards.map(([, { hwaddr }]) => hwaddr).filter((mac) => mac !== ''),
    snapshots: (snapshots ?? []).map(({ name }) => name),
  };
}
