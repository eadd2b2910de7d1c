import { type Incus, isKind, isNotFound, readAndWrite } from '../../incus/index.ts';
import { AnklumeError } from '../../messages/index.ts';
import type { Host } from '../../system/index.ts';
import type { Wanted } from '../plan.ts';
import { byHand, FIRST_PHASE } from '../resources/network.ts';
import { complete, mergedConfig } from './merge.ts';
import { clearRemains } from './remains.ts';

/**
 * Makes a bridge in two phases: first without services (37 ms, one at a time in the daemon), then with them
 * (about 600 ms, in parallel with others). In one phase the daemon holds a lock for the whole time.
 * The mark of the first phase stands until the second has ended; a later run finishes what carries it.
 */
export async function createNetwork(incus: Incus, name: string, body: Wanted): Promise<void> {
  const config = complete(body.config);
  const description = body.description ?? '';
  const first = { ...config, ...FIRST_PHASE };
  for (let attempt = 1; ; attempt++)
    try {
      await incus.networks.create({ name, type: 'bridge', description, config: first });
      return await incus.networks.update(name, { description, config });
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !isKind(error, 'busy')) throw withHandRemedy(error, name);
      // What is left of the attempt is ours and unused: nothing of the same name existed before it.
      await deleteNetwork(incus, name);
    }
}

/** The daemon looks at every card of the host while it makes a bridge, and stumbles over one that just went. */
const MOST_ATTEMPTS = 8;

/**
 * Makes a half-made bridge again. What a killed daemon left on the host would be in the way of the new one;
 * where the host can be reached it is cleared, elsewhere the failure tells what to do by hand.
 */
export async function recreateNetwork(
  incus: Incus,
  name: string,
  body: Wanted,
  host: Host | undefined,
): Promise<void> {
  await deleteNetwork(incus, name);
  if (host) await clearRemains(host, name);
  await createNetwork(incus, name, body);
}

export async function updateNetwork(incus: Incus, name: string, body: Wanted): Promise<void> {
  await readAndWrite(
    () => incus.networks.get(name),
    (live) => ({
      description: body.description ?? live.description,
      config: mergedConfig(live.config, body.config),
    }),
    (put, etag) => incus.networks.update(name, put, { etag }),
  );
}

export async function deleteNetwork(incus: Incus, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      return await incus.networks.delete(name);
    } catch (error) {
      if (isNotFound(error)) return;
      if (attempt === MOST_ATTEMPTS || !isKind(error, 'busy')) throw error;
    }
}

/** A bridge that cannot be made is most often one whose remains are still on the host. */
function withHandRemedy(error: unknown, name: string): unknown {
  if (!(error instanceof AnklumeError) || error.remedy) return error;
  return new AnklumeError({
    code: error.code,
    message: error.text,
    remedy: byHand(name),
    exit: error.exit,
    cause: error,
  });
}
