import { alone, type Daemon, type Listening, type World } from '../../site/index.ts';
import { type RollbackChoices, type RollbackReport, rollBack } from './rollback.ts';

/** Brings an earlier generation back, with the daemon held. */
export function rollBackAlone(
  world: World,
  daemon: Daemon,
  choices: RollbackChoices,
  listening: Listening,
): Promise<RollbackReport> {
  return alone(daemon, 'rollback', listening, () => rollBack(world, daemon, choices, listening));
}
