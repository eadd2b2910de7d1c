import { type Incus, isNotFound } from '../../incus/index.ts';
import { startMachine } from '../../repair/index.ts';
import { MARK } from '../marks.ts';
import type { Rename } from '../renames.ts';
import type { PerformContext } from './context.ts';
import { stopInstance } from './instance.ts';

/**
 * Gives a machine another name; Incus does so only while it is stopped. It stays stopped, for what is declared under
 * the new name is yet to be written. The mark that names its object goes first: between the two calls it would make
 * a stranger of the machine, and a later run would find neither.
 */
export async function renameMachine(
  incus: Incus,
  { project, from, to }: Rename,
  repairs: Pick<PerformContext, 'host' | 'emit'>,
): Promise<void> {
  const { value: before } = await incus.instances.get(from, { project });
  const marks = { [MARK.id]: '', [MARK.renamedFrom]: from };
  await incus.instances.patch(from, { config: marks }, { project });
  if (before.status !== 'Stopped') await stopInstance(incus, { project, name: from });
  try {
    await incus.instances.rename(from, to, { project });
  } catch (error) {
    // It ran before, and runs on under its old name.
    if (before.status !== 'Stopped' && !isNotFound(error))
      await startMachine(incus, { project, name: from }, repairs).catch(() => undefined);
    throw error;
  }
}
