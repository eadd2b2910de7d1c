import type { Change } from '../step.ts';
import { file } from './file.ts';
import type { Handler } from './handler.ts';
import { network, pool, profile } from './incus.ts';
import { link } from './link.ts';
import { member } from './member.ts';
import { packages } from './packages.ts';
import { project } from './project.ts';
import { sysctl } from './sysctl.ts';
import { tree } from './tree.ts';
import { unit } from './unit.ts';
import { world } from './world.ts';

const HANDLERS: { readonly [K in Change['kind']]: Handler<Extract<Change, { kind: K }>> } = {
  file,
  link,
  member,
  network,
  packages,
  pool,
  profile,
  project,
  sysctl,
  tree,
  unit,
  world,
};

/** How a change of this kind is seen, made and taken back. */
export function handlerOf(change: Change): Handler<Change> {
  // The table has the handler of each kind under its name; the compiler cannot follow that.
  return HANDLERS[change.kind] as unknown as Handler<Change>;
}
