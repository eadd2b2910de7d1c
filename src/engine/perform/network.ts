import { type Incus, isNotFound, readAndWrite } from '../../incus/index.ts';
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
  try {
    const first = { ...config, ...FIRST_PHASE };
    await incus.networks.create({ name, type: 'bridge', description, config: first });
    await incus.networks.update(name, { description, config });
  } catch (error) {
    throw withHandRemedy(error, name);
  }
}

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
  try {
    await incus.networks.delete(name);
  } catch (error) {
    if (!isNotFound(error)) throw error;
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
