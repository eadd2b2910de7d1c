import type { Session } from '../../kit/session.ts';
import { type Bootstrap, bootstrap } from './bootstrap.ts';
import type { Work } from './changes/handler.ts';
import { thisProgram } from './changes/world.ts';
import { lockHost } from './perform.ts';
import { adoptSeed } from './seed.ts';
import { type Removal, uninstall } from './uninstall.ts';

/** Does what a plan says, alone on this host. */
export async function carryOut(
  session: Pick<Session, 'emit' | 'signal'>,
  plan: Pick<Bootstrap, 'steps'>,
): Promise<void> {
  await using _lock = await lockHost('host bootstrap', session.emit);
  await adoptSeed();
  await bootstrap(plan.steps, workOf(session, false));
}

/** Takes back what the ledger says, alone on this host. */
export async function carryBack(
  session: Pick<Session, 'emit' | 'signal'>,
  purge: boolean,
): Promise<readonly Removal[]> {
  await using _lock = await lockHost('host uninstall', session.emit);
  await adoptSeed();
  return uninstall(purge, workOf(session, purge));
}

function workOf({ emit, signal }: Pick<Session, 'emit' | 'signal'>, purge: boolean): Work {
  return { emit, signal, purge, program: thisProgram() };
}
