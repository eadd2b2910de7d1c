import type { Incus } from '../../incus/index.ts';
import { AnklumeError, type Emit } from '../../messages/index.ts';
import type { PlanEntry } from '../plan.ts';
import { imageAlias } from '../resources/image.ts';

export interface ImageContext {
  readonly emit: Emit;
  readonly signal?: AbortSignal;
}

/** Brings an image to the daemon under its alias. */
export async function provideImage(
  incus: Incus,
  entry: PlanEntry,
  _context: ImageContext,
): Promise<void> {
  const reference = 'body' in entry ? (entry.body.image ?? entry.name) : entry.name;
  if ((await incus.images.alias(imageAlias(reference))) !== undefined) return;
  throw new AnklumeError({
    code: 'image-missing',
    message: {
      en: `The image '${reference}' is not on the daemon.`,
      fr: `L'image « ${reference} » n'est pas sur le démon.`,
    },
  });
}
