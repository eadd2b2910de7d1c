import { AnklumeError } from '../../base/messages/index.ts';
import { type Incus, isKind } from '../../incus/index.ts';
import { parseSize } from '../../world/infra/index.ts';
import { type DataPlace, fitsIn, tooSmall } from '../shrinks.ts';

/** Bytes that are held there; undefined where nobody can tell. */
export async function heldBytes(incus: Incus, place: DataPlace): Promise<number | undefined> {
  const { project, name } = place;
  try {
    if (place.kind === 'volume') return await incus.volumes.usage(place.pool, name, { project });
    const { disk } = await incus.instances.state(name, { project });
    return disk?.[place.device]?.usage;
  } catch (error) {
    // Not every driver counts, and an instance that just starts has no state.
    if (isKind(error, 'not-found', 'failed', 'invalid')) return undefined;
    throw error;
  }
}

/**
 * Looks once more before a disk is made smaller: since the plan was made more may have been written. Incus sets a limit
 * below what is held, and from then on the machine can write no more, with no way back by Incus.
 */
export async function refuseTooSmall(
  incus: Incus,
  place: DataPlace,
  before: string | undefined,
  after: string | null | undefined,
): Promise<void> {
  const size = parseSize(after ?? '');
  if (size === undefined || size >= (parseSize(before ?? '') ?? Number.POSITIVE_INFINITY)) return;
  const held = await heldBytes(incus, place);
  if (held === undefined || fitsIn(held, size)) return;
  const { code, reason, remedy } = tooSmall(place.name, held, after ?? '');
  throw new AnklumeError({ code, message: reason, ...(remedy && { remedy }) });
}
