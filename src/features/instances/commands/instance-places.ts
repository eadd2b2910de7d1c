import type { Session } from '../../../kit/session.ts';
import type { Daemon } from '../../../site/index.ts';
import type { Place } from '../find.ts';

/** A word as it is typed for a disposable machine, which no infra.yml names. */
const DISPOSABLE = /^disp-\d{8}-\d{6}-\d{6}$/;

interface Choice {
  readonly infra: string | undefined;
}

/**
 * The machines that words name, found in two steps: what is wrong in the words or the project is told before a
 * daemon is opened, and a disposable machine is looked for there.
 */
export async function placesFor(
  session: Session,
  { infra }: Choice,
  words: readonly string[],
): Promise<(daemon: Daemon) => Promise<Place[]>> {
  if (words.every((word) => DISPOSABLE.test(word)))
    return async (daemon) => {
      const find = await disposablePlaces(daemon);
      return words.map(find);
    };
  const room = await import('../find.ts');
  const places = room.placesOf(await desiredOf(session, infra), words);
  return async () => places;
}

/** The one machine that a word names. Throws `not-a-machine` for a domain. */
export async function placeFor(
  session: Session,
  { infra }: Choice,
  name: string,
): Promise<(daemon: Daemon) => Promise<Place>> {
  if (DISPOSABLE.test(name)) return async (daemon) => (await disposablePlaces(daemon))(name);
  const room = await import('../find.ts');
  const place = room.placeOf(await desiredOf(session, infra), name);
  return async () => place;
}

async function desiredOf({ cwd }: Session, infra: string | undefined) {
  const { openWorld } = await import('../../../site/index.ts');
  return (await openWorld({ cwd, infra })).desired;
}

async function disposablePlaces({ incus }: Daemon): Promise<(word: string) => Place> {
  const { isDisposable, ownInstances } = await import('../../../engine/index.ts');
  const { disposableNamed } = await import('../../../site/index.ts');
  const all = ownInstances(await incus.instances.list()).filter(isDisposable);
  return (word) => {
    const { name, project } = disposableNamed(all, word);
    return { domain: project, machine: name, instance: name, project, protected: false };
  };
}
