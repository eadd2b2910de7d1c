import type { Host } from '../../base/system/index.ts';
import { type Incus, isKind, isNotFound, readAndWrite } from '../../incus/index.ts';
import type { Wanted } from '../plan.ts';
import { FIRST_PHASE } from '../resources/network.ts';
import { complete, mergedConfig } from './merge.ts';
import { explained } from './port-taken.ts';
import { clearRemains } from './remains.ts';
import type { Stillness } from './stillness.ts';

/** What bridges stand on. */
interface Ground {
  /** Where the daemon runs; absent for a remote one. */
  readonly host?: Host;
  readonly stillness: Stillness;
}

/**
 * Makes a bridge in two phases: first without services (37 ms, one at a time in the daemon), then with them
 * (about 600 ms, in parallel with others). In one phase the daemon holds a lock for the whole time.
 * The mark of the first phase stands until the second has ended; a later run finishes what carries it.
 */
export async function createNetwork(
  incus: Incus,
  name: string,
  body: Wanted,
  { host, stillness }: Ground,
): Promise<void> {
  const config = complete(body.config);
  const description = body.description ?? '';
  const first = { ...config, ...FIRST_PHASE };
  const make = async () => {
    await incus.networks.create({ name, type: 'bridge', description, config: first });
    await incus.networks.update(name, { description, config });
  };
  try {
    await undisturbed(stillness, make, async () => {
      // What is left of an attempt is ours and unused: nothing of the same name existed before it.
      await deleteNetwork(incus, name, stillness);
      await make();
    });
  } catch (error) {
    throw await explained(error, name, host);
  }
}

/** Others than this run may also make cards go while the daemon looks at them. */
const MOST_ATTEMPTS = 8;

/** Tries once beside everything else; where the daemon stumbled over a card that went, again in stillness. */
async function undisturbed(
  stillness: Stillness,
  work: () => Promise<void>,
  again = work,
): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      return await (attempt === 1 ? work() : stillness.still(again));
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !isKind(error, 'busy')) throw error;
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
  ground: Ground,
): Promise<void> {
  await deleteNetwork(incus, name, ground.stillness);
  if (ground.host) await clearRemains(ground.host, name);
  await createNetwork(incus, name, body, ground);
}

export async function updateNetwork(
  incus: Incus,
  name: string,
  body: Wanted,
  { host, stillness }: Ground,
): Promise<void> {
  const change = () =>
    readAndWrite(
      () => incus.networks.get(name),
      (live) => ({
        description: body.description ?? live.description,
        config: mergedConfig(live.config, body.config),
      }),
      (put, etag) => incus.networks.update(name, put, { etag }),
    );
  try {
    await undisturbed(stillness, change);
  } catch (error) {
    throw await explained(error, name, host);
  }
}

export function deleteNetwork(incus: Incus, name: string, stillness: Stillness): Promise<void> {
  return undisturbed(stillness, async () => {
    try {
      await incus.networks.delete(name);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  });
}
