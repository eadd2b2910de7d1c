import { inject } from 'vitest';
import { connect, type Incus, type InstancePost } from '../../../src/incus/index.ts';
import { incusCli, uniqueName } from '../support.ts';

/** For what the daemon does in its own time, also on a busy machine. */
export const patiently = { timeout: 30_000 };

/** A door to the shared sandbox's daemon. */
export function door(): Promise<Incus> {
  return connect({ socket: inject('socket') });
}

/** A container from the probe image, on the default pool and without a network. */
export function probe(name: string, more: Partial<InstancePost> = {}): InstancePost {
  return {
    name,
    type: 'container',
    source: { type: 'image', alias: 'probe' },
    profiles: [],
    config: {},
    devices: { root: { type: 'disk', path: '/', pool: 'default' } },
    ...more,
  };
}

/** A running container that is removed, with the `incus` command, at the end of its scope. */
export async function runningProbe(incus: Incus): Promise<{ name: string } & AsyncDisposable> {
  const name = uniqueName('probe-');
  await incus.instances.create(probe(name, { start: true }));
  return {
    name,
    [Symbol.asyncDispose]: async () => {
      await incusCli('delete', '--force', name);
    },
  };
}
