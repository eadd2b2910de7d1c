import { type DiffLine, type PlannedRules, planRules } from '../network/index.ts';
import type { Daemon } from './daemon.ts';
import { planSteeringThrough } from './firewall.ts';
import type { RulesSource } from './rules-source.ts';
import { hostOf } from './walls.ts';

/** What a deployment would change: the rules, and the routes to the firewall machine. */
export interface PlannedDeployment extends PlannedRules {
  /** True when the rules themselves change. */
  readonly rules: boolean;
}

/** Checks the rules and compares all of a deployment with the host; changes nothing. Throws `rules-refused`. */
export async function planDeployment(
  { text, legs }: RulesSource,
  daemon: Daemon,
): Promise<PlannedDeployment> {
  const host = hostOf(daemon);
  const { changed, diff } = await planRules(text, host);
  const routes = await planSteeringThrough(legs, host);
  if (routes.length === 0) return { changed, rules: changed, diff };
  const lines = routes.map(
    (words): DiffLine => ({ mark: / del /.test(words) ? '-' : '+', text: words }),
  );
  return { changed: true, rules: changed, diff: [...diff, { title: 'ip rule, ip route', lines }] };
}
