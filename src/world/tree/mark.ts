import { isOn } from '../infra/index.ts';

/**
 * Keys that this tool writes on every object it makes. They say whose the object is, and which of its keys were
 * declared, so that a declaration taken away is taken away in Incus too while hand-set keys stay.
 * Read them from an object's own `config`, never from `expanded_config`: profiles carry marks of their own.
 */
export const MARK = {
  /** `project_name` of infra.yml: whose the object is. */
  project: 'user.anklume.project',
  /** The id of the object that it was written for. On another object it came along with a copy made by hand. */
  id: 'user.anklume.id',
  domain: 'user.anklume.domain',
  machine: 'user.anklume.machine',
  /** JSON of what is declared on the object: `{"config":["limits.cpu"],"devices":{"eth0":["type"]}}`. */
  keys: 'user.anklume.keys',
  /** The image reference an instance was made from. */
  image: 'user.anklume.image',
  /** On a network or a copied machine between the phases of its creation; what is found with it is unfinished. */
  pending: 'user.anklume.pending',
  /** `true` on a machine that others are derived from: it rests, and is never started by an apply. */
  template: 'user.anklume.template',
  /** On a derived machine: `project/instance` of its template, and when the state that it began with was kept. */
  derivedFrom: 'user.anklume.derived.from',
  derivedVersion: 'user.anklume.derived.version',
  /** On a volume that holds data of a machine that is not ephemeral: never removed by this tool. */
  protected: 'user.anklume.protected',
  /** In place of `project` on what was put aside instead of removed: whose it was. */
  asideOf: 'user.anklume.aside-of',
  /** On a machine that is being brought back: the snapshot, and whether it ran before. Its disk is between the two. */
  restoring: 'user.anklume.restoring',
  /** On a machine that was called otherwise before: that name, by which a rollback calls it again. */
  renamedFrom: 'user.anklume.renamed-from',
  /** On machines that go when they stop: never wanted, never an orphan. Its value is the room disposables' own. */
  disposable: 'user.anklume.disposable',
  /**
   * On the daemon itself: `guarded` where its host loads the isolation rules before it, `open` where it does not and
   * the daemon must start no machine by itself. Written by commands on that host, for those that cannot look.
   */
  boot: 'user.anklume.boot',
} as const;

/** Whether Incus refuses to delete a machine, in any of its words for it, by itself or through a profile. */
export function isLocked({
  expanded_config: config,
}: {
  readonly expanded_config: Readonly<Record<string, string>>;
}): boolean {
  return isOn(config['security.protection.delete']);
}

export const MARK_PREFIX = 'user.anklume.';
