import type { MachineStatus } from '../../engine/index.ts';
import { type Daemon, machineStatus, type World } from '../../site/index.ts';
import type { DesiredDomain, DesiredPolicy } from '../../world/tree/index.ts';

/** A domain as it is declared, the policies that name it or a machine of it, and its machines. Plain JSON. */
export interface DomainShown
  extends Pick<
    DesiredDomain,
    'name' | 'description' | 'trustLevel' | 'project' | 'network' | 'internet' | 'lan' | 'ephemeral'
  > {
  readonly policies: readonly DesiredPolicy[];
  readonly machines: readonly MachineStatus[];
}

export async function showDomain(
  world: World,
  daemon: Daemon,
  domain: DesiredDomain,
): Promise<DomainShown> {
  const { name, description, trustLevel, project, network, internet, lan, ephemeral } = domain;
  const machines = (await machineStatus(world, daemon)).filter((one) => one.domain === name);
  const members = new Set([name, ...domain.machines.map((one) => one.name)]);
  const policies = world.desired.policies.filter(({ from, to }) =>
    [from, to].some((end) => members.has(end)),
  );
  const facts = { description, trustLevel, project, network, internet, lan, ephemeral };
  return { name, ...facts, policies, machines };
}
