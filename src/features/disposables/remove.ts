import { setTimeout as pause } from 'node:timers/promises';
import { type Incus, isKind, isNotFound } from '../../incus/index.ts';
import { OWN_PROJECT } from './home.ts';
import { dropOwnProject } from './own-project.ts';
import { isAbandoned, thisSpace } from './owner.ts';
import { type Disposable, disposablesOf } from './tag.ts';

/** Seconds for a daemon that went away to come back, and for an operation on the machine to end. */
const PATIENCE = 60;

type Place = Pick<Disposable, 'name' | 'project'>;

/** Ends a machine without asking it and waits until it is gone, also with a daemon that is just restarting. */
export async function removeDisposable(incus: Incus, { name, project }: Place): Promise<void> {
  const end = performance.now() + PATIENCE * 1000;
  for (;;) {
    try {
      await incus.instances.setState(name, 'stop', { project, force: true });
      // The daemon removes it as it stops; one that was never started does not stop.
      await incus.instances.delete(name, { project });
      return;
    } catch (error) {
      if (isNotFound(error)) return;
      if (performance.now() > end) throw error;
      if (isKind(error, 'unreachable', 'unknown-outcome')) await incus.ready({ seconds: PATIENCE });
      else if (!isKind(error, 'busy', 'failed', 'invalid', 'in-use')) throw error;
      await pause(100);
    }
  }
}

/** Several at once, and the project of those without network when it is empty then. */
export async function removeAll(incus: Incus, places: readonly Place[]): Promise<void> {
  await Promise.all(places.map((one) => removeDisposable(incus, one)));
  if (places.some(({ project }) => project === OWN_PROJECT)) await dropOwnProject(incus);
}

/** Removes what an owner left, also what the daemon had still to make for it. */
export async function removeOwned(incus: Incus, token: string): Promise<void> {
  await incus.ready({ seconds: PATIENCE });
  for (const { id, status_code: status, resources } of await incus.operations.list())
    if (status < 200 && (resources?.instances ?? []).some(isDisposablePath))
      // How it ended is seen by what is there afterwards.
      await incus.operations.wait(id).catch(() => undefined);
  const all = disposablesOf(await incus.instances.list());
  await removeAll(
    incus,
    all.filter(({ tag }) => tag.use === 'run' && tag.token === token),
  );
}

function isDisposablePath(path: string): boolean {
  return path.startsWith('/1.0/instances/disp-');
}

/**
 * Removes what nobody answers for: machines of runs that were killed together with what watched over them, and
 * those that stand there stopped after the host lost its power. `all` may be old: whoever has gone may have kept its
 * machine before, so each is looked at once more when nobody can change it any longer.
 */
export async function sweep(incus: Incus, all: readonly Disposable[]): Promise<Disposable[]> {
  const here = await thisSpace();
  const judged = await Promise.all(
    all.map(async (one) => ((await isAbandoned(one.tag, here)) || isLeftover(one) ? [one] : [])),
  );
  const suspects = judged.flat();
  if (suspects.length === 0) return [];
  const now = disposablesOf(await incus.instances.list());
  const gone = now.filter((one) => suspects.some((suspect) => isUnchanged(suspect, one)));
  await removeAll(incus, gone);
  return gone;
}

function isUnchanged(before: Disposable, now: Disposable): boolean {
  return (
    [now.project, now.name, now.tag.use, now.tag.token].join('/') ===
    [before.project, before.name, before.tag.use, before.tag.token].join('/')
  );
}

/** A stopped one goes by itself within a moment, unless the daemon did not see it stop; one that starts is young. */
function isLeftover({ status, since }: Disposable): boolean {
  const age = Date.now() - Date.parse(since);
  return status === 'Stopped' && age > YOUNG;
}

/** Milliseconds within which a machine that is made may still be stopped. */
const YOUNG = 300_000;
