import type { Emit } from '../../base/messages/index.ts';
import { ensureImage } from '../../images/index.ts';
import type { Incus } from '../../incus/index.ts';
import type { PlanEntry } from '../plan.ts';
import type { PerformContext } from './context.ts';

/** Brings an image to the daemon under its alias: from the server where it answers, else built. */
export async function provideImage(
  incus: Incus,
  entry: PlanEntry,
  { emit, signal, host, images }: PerformContext,
): Promise<void> {
  const reference = 'body' in entry ? (entry.body.image ?? entry.name) : entry.name;
  await ensureImage(incus, reference, {
    ...('body' in entry && entry.body.type && { type: entry.body.type }),
    emit: withoutStep(entry.id, emit),
    ...(signal && { signal }),
    ...(host && { host }),
    ...images,
  });
}

/** The entry's own step is told by the execution; what happens within it passes. */
function withoutStep(id: string, emit: Emit): Emit {
  return (event) => {
    if (!('id' in event) || event.id !== id || event.type === 'step.progress') emit(event);
  };
}
