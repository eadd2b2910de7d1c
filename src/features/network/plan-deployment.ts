import {
  type Arranged,
  areLoaded,
  arrangeRules,
  type DiffLine,
  type PlannedRules,
  planRules,
} from '../../isolation/index.ts';
import type { Daemon } from '../../site/index.ts';
import { aroundOf, hostOf } from '../../site/index.ts';
import { planSteeringThrough, steerThrough } from './firewall.ts';
import type { RulesSource } from './rules-source.ts';

/** What a deployment would change: the rules, and the routes to the firewall machine. */
export interface PlannedDeployment extends PlannedRules {
  /** True when the rules themselves change. */
  readonly rules: boolean;
}

/** Checks the rules and compares all of a deployment with the host; changes nothing. Throws `rules-refused`. */
export async function planDeployment(
  { text, legs, declared }: RulesSource,
  daemon: Daemon,
): Promise<PlannedDeployment> {
  const host = hostOf(daemon);
  const arranged = await arrangeRules(text, host, await aroundOf(daemon, declared));
  const { changed, diff } = await planRules(arranged.text, host);
  const routes = await planSteeringThrough(legs, host, bridgesIn(arranged));
  if (routes.length === 0) return { changed, rules: changed, diff };
  const lines = routes.map(
    (words): DiffLine => ({ mark: / del /.test(words) ? '-' : '+', text: words }),
  );
  return { changed: true, rules: changed, diff: [...diff, { title: 'ip rule, ip route', lines }] };
}

/** Lets the host hand packets over as these rules say; what other infrastructures steer stays as it is. */
export async function steerAsTold(
  { text, legs, declared }: RulesSource,
  daemon: Daemon,
): Promise<{ readonly changed: boolean }> {
  const host = hostOf(daemon);
  const around = await aroundOf(daemon, declared);
  return steerThrough(legs, daemon, bridgesIn(await arrangeRules(text, host, around)));
}

function bridgesIn({ others }: Pick<Arranged, 'others'>) {
  return async () => new Set(others.flatMap(({ bridges }) => bridges));
}

/** Whether the rules of a source are still those in force, whatever is closed beside them by now. */
export async function isDeployed(
  { text, declared }: RulesSource,
  daemon: Daemon,
): Promise<boolean> {
  const host = hostOf(daemon);
  return areLoaded((await arrangeRules(text, host, await aroundOf(daemon, declared))).own, host);
}
