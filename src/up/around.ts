import { type Around, type Declared, markedWorld } from '../network/index.ts';
import type { Desired } from '../tree/index.ts';
import type { Daemon } from './daemon.ts';

/** What a daemon has of ours beside the rules of a tree, which is absent for rules that were made elsewhere. */
export async function aroundOf(
  { incus }: Pick<Daemon, 'incus'>,
  declared?: Declared,
): Promise<Around> {
  const [networks, instances] = await Promise.all([incus.networks.list(), incus.instances.list()]);
  return { marked: markedWorld({ networks, instances }), ...(declared && { declared }) };
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
