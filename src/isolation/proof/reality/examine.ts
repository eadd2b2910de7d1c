import type { Host } from '../../../base/system/index.ts';
import type { InstanceFull, Network, WireConfig } from '../../../incus/index.ts';
import { isSocketOfRole, permits } from '../../../world/infra/index.ts';
import type { Desired, DesiredMachine } from '../../../world/tree/index.ts';
import { foreignRules, listForeign } from '../../foreign/look.ts';
import type { FlowModel } from '../../model/flows.ts';
import type { ProbeMachine } from '../probes.ts';
import { unreadPlaces } from './elsewhere.ts';
import { type Findings, NOTHING_FOUND, together } from './finding.ts';
import { foreignFindings } from './foreign.ts';
import { type DeclaredRunning, handMade } from './hand-made.ts';
import { missingIncusRules, type PinnedNic } from './incus-rules.ts';
import { readKernel } from './kernel.ts';
import { foreignLinks, linkOwners } from './link-owners.ts';
import { linkFindings } from './links.ts';
import { strangers } from './machines.ts';
import { networkFindings } from './networks.ts';
import { isProxyOut, type ProxyDevice, proxyFindings } from './proxies.ts';

/** What the daemon tells of what runs. */
export interface DaemonView {
  readonly instances: readonly InstanceFull[];
  readonly networks: readonly Network[];
  /** Keys that each of our networks should have. */
  readonly wanted: ReadonlyMap<string, WireConfig>;
  /** `nftables` or `xtables`: where Incus keeps its own rules. */
  readonly firewall: string;
  /** Whether a device is the socket that a machine has as the admin container. */
  readonly isAdminSocket: (machine: DesiredMachine, live: InstanceFull, device: string) => boolean;
}

/** Compares everything that runs, and everything that packets meet, with the wanted world. */
export async function examineReality(
  desired: Desired,
  model: FlowModel,
  daemon: DaemonView,
  host: Host,
  machines: readonly ProbeMachine[],
  signal?: AbortSignal,
): Promise<Findings> {
  const { instances, networks, wanted } = daemon;
  const [view, listing] = await Promise.all([
    readKernel(host, machines, signal),
    listForeign(host, desired.projectName),
  ]);
  const own = networks.filter(({ name }) => wanted.has(name));
  return together(
    { findings: strangers(desired, instances, networks), notes: [] },
    { findings: handMade(declaredRunning(desired, daemon)), notes: [] },
    proxyFindings(model, proxiesOf(desired, daemon)),
    { findings: networkFindings(wanted, own), notes: [] },
    daemon.firewall === 'nftables'
      ? {
          findings: missingIncusRules(own, pinnedNics(desired, instances), listing.objects),
          notes: [],
        }
      : NOTHING_FOUND,
    {
      findings: linkFindings(model, view, {
        ...linkOwners(instances),
        told: foreignLinks(runningMachines(desired, instances)),
      }),
      notes: [],
      untested: unreadPlaces(view.elsewhere, view.unread),
    },
    foreignFindings(foreignRules(model, listing, view)),
  );
}

function pinnedNics(desired: Desired, instances: readonly InstanceFull[]): PinnedNic[] {
  return runningMachines(desired, instances).flatMap(({ machine, instance }) =>
    Object.entries(instance.expanded_devices).flatMap(([device, keys]): PinnedNic[] => {
      const port = instance.config[`volatile.${device}.host_name`];
      const isPinned = PINS.some((key) => keys[key] === 'true');
      if (keys.type !== 'nic' || !isPinned || port === undefined) return [];
      const { name, project } = instance;
      return [{ machine: machine.name, instance: name, project, device, port }];
    }),
  );
}

const PINS = ['security.mac_filtering', 'security.ipv4_filtering', 'security.ipv6_filtering'];

function proxiesOf(desired: Desired, { instances, isAdminSocket }: DaemonView): ProxyDevice[] {
  return runningMachines(desired, instances).flatMap(({ domain, machine, instance }) =>
    Object.entries(instance.expanded_devices).flatMap(([device, keys]): ProxyDevice[] => {
      if (keys.type !== 'proxy') return [];
      const profiles = domain.profiles.filter(({ name }) => machine.profiles.includes(name));
      const wanted = [...profiles, machine].map(({ devices }) => devices[device]);
      const declared = wanted.some((one) => one && sameKeys(one, keys));
      const { name, project } = instance;
      const permitted = isAdminSocket(machine, instance, device)
        ? 'admin'
        : declared
          ? permittedBy(machine, keys)
          : undefined;
      return [
        {
          ...(permitted && { permitted }),
          ...{ machine: machine.name, instance: name, project, domain: domain.name },
          ...{ device, keys, declared },
        },
      ];
    }),
  );
}

/** Running machines with what they and their profiles declare. */
function declaredRunning(
  desired: Desired,
  { instances, isAdminSocket }: DaemonView,
): DeclaredRunning[] {
  return runningMachines(desired, instances).map(({ domain, machine, instance }) => ({
    ...{ machine: machine.name, domain: domain.name, live: instance },
    administers: Object.keys(instance.devices).some((device) =>
      isAdminSocket(machine, instance, device),
    ),
    declared: [
      ...domain.profiles.filter(({ name }) => machine.profiles.includes(name)),
      machine,
    ].map(({ devices }) => devices),
  }));
}

/** What in its declaration permits a proxy device, as the check of infra.yml has it. */
function permittedBy(
  { allow, roles }: DesiredMachine,
  keys: WireConfig,
): 'allow' | 'role' | undefined {
  const word = `proxy:${(isProxyOut(keys) ? keys.connect : keys.listen) ?? ''}`;
  if (permits(allow ?? [], word)) return 'allow';
  return isProxyOut(keys) && isSocketOfRole(keys.connect ?? '', roles) ? 'role' : undefined;
}

function sameKeys(a: WireConfig, b: WireConfig): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => a[key] === b[key]);
}

function runningMachines({ domains }: Desired, instances: readonly InstanceFull[]) {
  const running = new Map(
    instances
      .filter(({ status }) => status !== 'Stopped')
      .map((one) => [`${one.project}/${one.name}`, one]),
  );
  return domains.flatMap((domain) =>
    domain.machines.flatMap((machine) => {
      const instance = running.get(`${domain.project}/${machine.instance}`);
      return instance ? [{ domain, machine, instance }] : [];
    }),
  );
}
