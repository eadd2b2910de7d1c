import { type Incus, isKind, isNotFound, readAndWrite } from '../../incus/index.ts';
import { AnklumeError } from '../../messages/index.ts';
import type { Host } from '../../system/index.ts';
import type { Wanted } from '../plan.ts';
import { byHand, FIRST_PHASE } from '../resources/network.ts';
import { complete, mergedConfig } from './merge.ts';
import { clearRemains } from './remains.ts';
import type { Stillness } from './stillness.ts';

/**
 * Makes a bridge in two phases: first without services (37 ms, one at a time in the daemon), then with them
 * (about 600 ms, in parallel with others). In one phase the daemon holds a lock for the whole time.
 * The mark of the first phase stands until the second has ended; a later run finishes what carries it.
 */
export async function createNetwork(
  incus: Incus,
  name: string,
  body: Wanted,
  stillness: Stillness,
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
    throw withHandRemedy(error, name);
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
  { host, stillness }: { readonly host?: Host; readonly stillness: Stillness },
): Promise<void> {
  await deleteNetwork(incus, name, stillness);
  if (host) await clearRemains(host, name);
  await createNetwork(incus, name, body, stillness);
}

export function updateNetwork(
  incus: Incus,
  name: string,
  body: Wanted,
  stillness: Stillness,
): Promise<void> {
  return undisturbed(stillness, () =>
    readAndWrite(
      () => incus.networks.get(name),
      (live) => ({
        description: body.description ?? live.description,
        config: mergedConfig(live.config, body.config),
      }),
      (put, etag) => incus.networks.update(name, put, { etag }),
    ),
  );
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
