import type { Host } from '../../base/system/index.ts';
import { type BridgeFault, bridgeFaults, isDisposable, readBridges } from '../../engine/index.ts';
import type { Instance, Network } from '../../incus/index.ts';
import { listHostLinks, type ProofFinding } from '../../isolation/index.ts';
import type { Desired } from '../../world/tree/index.ts';

/** What the daemon has already told. */
interface Told {
  readonly networks: readonly Network[];
  readonly instances: readonly Instance[];
}

/**
 * What is dead or missing on the host of the bridges of a world, and of the NICs of its machines and of the disposable
 * ones on them. What stands on a bridge by hand is named by others.
 */
export async function faultsOfBridges(
  { domains }: Pick<Desired, 'domains'>,
  { networks, instances }: Told,
  host: Host,
): Promise<readonly BridgeFault[]> {
  const view = await readBridges(host, await listHostLinks(host));
  const declared = new Set(
    domains.flatMap(({ project, machines }) =>
      machines.map(({ instance }) => `${project}/${instance}`),
    ),
  );
  const bridges = new Set(domains.map(({ network }) => network.name));
  return bridgeFaults(
    networks.filter(({ name }) => bridges.has(name)),
    instances.filter((one) => declared.has(`${one.project}/${one.name}`) || isDisposable(one)),
    view,
  );
}

/** The same for the proof. */
export function asFindings(faults: readonly BridgeFault[]): ProofFinding[] {
  return faults.map(({ code, network, instance, text, remedy }) => ({
    code,
    place: instance ?? network,
    text,
    remedy,
  }));
}
