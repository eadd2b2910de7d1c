import { join } from 'node:path';
import type { InstanceFull } from '../incus/index.ts';
import type { Text } from '../messages/index.ts';
import type { Host } from '../system/index.ts';
import type { Desired, DesiredDomain, DesiredMachine } from '../tree/index.ts';
import type { ProbeMachine } from './probes.ts';
import type { Untested } from './proof.ts';

/** The part of the daemon's door that finding targets needs. */
export interface InstanceLister {
  readonly instances: { listFull(): Promise<readonly InstanceFull[]> };
}

export interface ProbeTargets {
  readonly machines: readonly ProbeMachine[];
  readonly untested: readonly Untested[];
}

/** Which wanted machines can be probed right now, and why the others cannot. One request to the daemon. */
export async function probeTargets(
  desired: Desired,
  incus: InstanceLister,
  host: Host,
): Promise<ProbeTargets> {
  const instances = new Map(
    (await incus.instances.listFull()).map((one) => [`${one.project}/${one.name}`, one]),
  );
  const machines: ProbeMachine[] = [];
  const untested: Untested[] = [];
  for (const domain of desired.domains)
    for (const machine of domain.machines) {
      const instance = instances.get(`${domain.project}/${machine.instance}`);
      const reason = whyNot(machine, instance);
      if (reason) untested.push({ machine: machine.name, reason });
      else machines.push(probeMachine(domain, machine, instance?.state?.pid ?? 0, host));
    }
  return { machines, untested };
}

function probeMachine(
  domain: DesiredDomain,
  machine: DesiredMachine,
  pid: number,
  host: Host,
): ProbeMachine {
  return {
    name: machine.name,
    domain: domain.name,
    ip: machine.ip,
    netns: join(host.proc, String(pid), 'ns/net'),
    bridge: domain.network.name,
  };
}

function whyNot(machine: DesiredMachine, instance: InstanceFull | undefined): Text | undefined {
  if (!instance) return { en: 'it does not exist', fr: 'elle n’existe pas' };
  if (instance.type === 'virtual-machine')
    return {
      en: 'it is a virtual machine: its network cannot be entered from here',
      fr: 'c’est une machine virtuelle : on ne peut pas entrer dans son réseau d’ici',
    };
  if (instance.status !== 'Running' || !instance.state || instance.state.pid <= 0)
    return { en: 'it is not running', fr: 'elle n’est pas démarrée' };
  const addresses = Object.values(instance.state.network ?? {}).flatMap((card) => card.addresses);
  if (!addresses.some(({ address }) => address === machine.ip))
    return {
      en: `it does not have its address ${machine.ip}`,
      fr: `elle n’a pas son adresse ${machine.ip}`,
    };
  return undefined;
}
