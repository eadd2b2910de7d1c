import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import type { Plan, PlanEntry } from '../../engine/index.ts';
import type { Daemon } from '../../site/index.ts';
import { parentNesting } from '../../site/index.ts';
import { chosenAdmin, FROM_HOST, lookAtAdmin } from '../admin/index.ts';

/**
 * Who loads the isolation rules of what is made: this program; the host of the admin container that it runs in, which
 * fetches them; or nobody, as the daemon's host is out of reach.
 */
export type WalledBy = 'here' | 'host' | 'nobody';

export interface UnwalledChoice {
  /** Goes on where the rules cannot be loaded from here. */
  readonly noIsolation?: boolean;
}

/** Throws `walls-out-of-reach` (exit 4) where the plan would make or start what nobody walls in, unless told to go on. */
export async function refuseUnwalled(
  plan: Plan,
  root: string,
  daemon: Daemon,
  { noIsolation = false }: UnwalledChoice,
): Promise<WalledBy> {
  const by = await walledBy(root, daemon);
  if (by === 'nobody' && !noIsolation && plan.entries.some(bringsUp))
    throw outOfReach(daemon.where);
  return by;
}

/** Who loads the rules for this project on this daemon. */
export async function walledBy(root: string, { host, incus, reach }: Daemon): Promise<WalledBy> {
  if (host) return 'here';
  // Inside a machine of ours, and that machine is the one that this project was given for its administration.
  const place = 'socket' in reach && (await parentNesting()) && (await chosenAdmin(root));
  if (!place) return 'nobody';
  if ((await lookAtAdmin(incus, place, root)).state !== 'yes') return 'nobody';
  // Whoever asked from the host is where the rules are loaded.
  return process.env[FROM_HOST] ? 'here' : 'host';
}

/** Whether packets may come from it that did not before. */
function bringsUp(entry: PlanEntry): boolean {
  if (entry.kind !== 'instance' && entry.kind !== 'network') return false;
  if (entry.action === 'update') return entry.body.start === true;
  return ['create', 'recreate', 'start'].includes(entry.action);
}

function outOfReach(where: string): AnklumeError {
  return new AnklumeError({
    code: 'walls-out-of-reach',
    exit: ExitCode.environment,
    message: {
      en: `Isolation rules cannot be loaded from here, because ${where} is another machine: machines would run without them. Nothing was changed.`,
      fr: `Les règles d'isolation ne peuvent pas être chargées d'ici, car ${where} est une autre machine : des machines tourneraient sans elles. Rien n'a été modifié.`,
    },
    remedy: {
      en: "Run the same command on that machine. To go on without isolation all the same: '--no-isolation'.",
      fr: 'Lancez la même commande sur cette machine. Pour continuer malgré tout sans isolation : « --no-isolation ».',
    },
  });
}
