import { join } from 'node:path';
import { type RunResult, run } from '../../src/base/system/index.ts';

/** What the runner tells the steps about the sandbox; the same shape as it hands over. */
export interface Place {
  readonly home: string;
  readonly socket: string;
  readonly incusDir: string;
  readonly holder: number;
  readonly projects: string;
  readonly image: string;
  /** Seconds that a step may take. */
  readonly limit: number;
}

/**
 * Variables that lead the `incus` command and anklume to the sandbox, whatever daemon, remote or project the person
 * who runs the scenarios has chosen: steps delete all that they find.
 */
export function environmentOf({ home, socket, incusDir }: Place): Record<string, string> {
  return {
    ANKLUME_HOME: home,
    INCUS_SOCKET: socket,
    INCUS_DIR: incusDir,
    INCUS_CONF: join(home, 'incus-client'),
    INCUS_REMOTE: '',
    INCUS_PROJECT: '',
  };
}

/** An instance as Incus lists it. */
export interface Instance {
  readonly name: string;
  readonly project: string;
  readonly status: string;
  readonly config: Readonly<Record<string, string>>;
}

/** The sandbox's daemon and host, asked with the `incus` command and inside the namespaces: not through anklume. */
export class Outside {
  readonly #place: Place;
  constructor(place: Place) {
    this.#place = place;
  }

  async incus(...args: string[]): Promise<string> {
    const { stdout } = await run(['incus', ...args], { env: environmentOf(this.#place) });
    return stdout;
  }

  /** One answer of the daemon's API. */
  async query<T>(path: string): Promise<T> {
    return JSON.parse(await this.incus('query', path)) as T;
  }

  /** Runs a program in the namespaces of the sandbox, where bridges and rules live. */
  async onHost(...argv: string[]): Promise<string> {
    const enter = ['nsenter', '-t', String(this.#place.holder), '-m', '-n', '-p', '-C', '--'];
    return (await run([...enter, ...argv])).stdout;
  }

  /** Runs a program in a machine that has a shell; its exit status is an answer. */
  inMachine({ name, project }: Pick<Instance, 'name' | 'project'>, ...argv: string[]) {
    const words = ['incus', 'exec', name, '--project', project, '--', ...LINGER, ...argv];
    const accept = Array.from({ length: 256 }, (_, code) => code);
    return run(words, { env: environmentOf(this.#place), accept }) as Promise<RunResult>;
  }

  async instances(): Promise<Instance[]> {
    return this.query<Instance[]>('/1.0/instances?recursion=1&all-projects=true');
  }

  /** Every object of ours or anybody's, with its settings, as one text: equal texts, equal worlds. */
  async digest(): Promise<string> {
    const kinds = ['instances', 'networks', 'projects', 'profiles', 'images', 'storage-volumes'];
    const texts = await Promise.all(
      kinds.map(async (kind) => {
        const where = kind === 'projects' ? '' : '&all-projects=true';
        const path = kind === 'storage-volumes' ? 'storage-pools/default/volumes' : kind;
        const all = await this.query<Record<string, unknown>[]>(`/1.0/${path}?recursion=1${where}`);
        return all.map((one) => `${kind} ${JSON.stringify(stable(one))}`).sort();
      }),
    );
    return texts.flat().join('\n');
  }
}

/** Incus 6.0.4 drops what a command writes right before its end; this one ends a little later. */
const LINGER = ['sh', '-c', '"$@"; status=$?; sleep 0.2; exit $status', 'sh'];

/** An object without what changes by itself: times of use, and keys that the daemon keeps for itself. */
function stable(value: Record<string, unknown>): unknown {
  const passing = ['last_used_at', 'used_by', 'etag', 'status', 'status_code'];
  const entries = Object.entries(value).filter(([key]) => !passing.includes(key));
  return Object.fromEntries(
    entries.map(([key, one]) => [key, key === 'config' ? withoutVolatile(one) : one]),
  );
}

function withoutVolatile(config: unknown): unknown {
  if (typeof config !== 'object' || config === null) return config;
  return Object.fromEntries(Object.entries(config).filter(([key]) => !key.startsWith('volatile.')));
}
