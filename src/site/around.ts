import {
  type Around,
  type Declared,
  markedWorld,
  ownersIn,
  readBootRules,
} from '../isolation/index.ts';
import type { Desired } from '../world/tree/index.ts';
import type { Daemon } from './daemon.ts';

/** What a daemon has of ours beside the rules of a tree, which is absent for rules that were made elsewhere. */
export async function aroundOf(
  { incus, host, sandbox }: Pick<Daemon, 'incus' | 'host' | 'sandbox'>,
  declared?: Declared,
): Promise<Around> {
  const [networks, instances, boot] = await Promise.all([
    incus.networks.list(),
    incus.instances.list(),
    host && sandbox === undefined ? readBootRules(host) : '',
  ]);
  return {
    marked: markedWorld({ networks, instances }),
    written: ownersIn(boot),
    ...(declared && { declared }),
  };
}

/** What a tree declares of bridges and machines. */
export function declaredBy({ projectName, domains }: Desired): Declared {
  return {
    projectName,
    bridges: new Set(domains.map(({ network }) => network.name)),
    machines: new Set(
      domains.flatMap(({ project, machines }) =>
        machines.map(({ instance }) => `${project}/${instance}`),
      ),
    ),
  };
}
