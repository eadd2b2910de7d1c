import { couldBeRead, type Incus, type InstanceFull } from '../incus/index.ts';
import { contextMarks, contextOf } from '../nesting/index.ts';
import type { DescribedMachine, NestingContext } from '../world/infra/index.ts';
import type { Desired, DesiredDomain, DesiredMachine } from '../world/tree/index.ts';
import { compare } from './compare.ts';
import { standingDefaults } from './machine-defaults.ts';
import { isLocked, MARK } from './marks.ts';
import { ownInstances } from './own-marks.ts';
import { holderOf } from './ownership.ts';
import type { Change } from './plan.ts';
import { type Finding, realityOf } from './reality/notes.ts';
import { isTemplate } from './resources/instance.ts';
import { instanceSpec } from './resources/instance-spec.ts';

/** One machine as people ask about it. Plain JSON. */
export interface MachineStatus {
  readonly domain: string;
  readonly trust?: string;
  readonly machine: string;
  readonly instance: string;
  readonly project: string;
  readonly network: string;
  readonly type: 'lxc' | 'vm';
  readonly declaredIp: string;
  /** IPv4 addresses that the guest really holds, without loopback. */
  readonly addresses: readonly string[];
  /** Incus's own word (`Running`, `Stopped`, ...), `Absent`, or `Unknown` where the daemon cannot look. */
  readonly state: string;
  readonly drift: readonly Change[];
  /** Whose it is, when it is not ours. */
  readonly owner?: 'unmarked' | 'another';
  readonly protected: boolean;
  /** Others are derived from it: it is stopped on purpose. */
  readonly template?: true;
  /** `false`: only described in infra.yml (`managed: false`), and left alone. */
  readonly managed?: false;
}

/** Whether the daemon's host starts it before the isolation rules are loaded. */
interface Boot {
  readonly unguarded?: boolean;
}

/** What machines are like beside what is declared of them. */
interface Surroundings {
  readonly host: NestingContext | undefined;
  readonly boot: Boot;
}

/** One row for each declared machine, from a single list of all instances. */
export async function statusOf(
  desired: Desired,
  incus: Incus,
  host?: NestingContext,
  boot: Boot = {},
): Promise<MachineStatus[]> {
  const [all, networks] = await Promise.all([incus.instances.listFull(), incus.networks.list()]);
  const instances = ownInstances(all);
  const found = realityOf(desired, instances.filter(couldBeRead), networks);
  const byPlace = new Map(instances.map((one) => [`${one.project}/${one.name}`, one]));
  const managed = desired.domains.flatMap((domain) =>
    domain.machines.flatMap((machine) => {
      const live = byPlace.get(`${domain.project}/${machine.instance}`);
      // What infra.yml names no more and is not there is missed by nobody.
      if (domain.undeclared && !live) return [];
      return [withFindings(row(desired, domain, machine, live, { host, boot }), found)];
    }),
  );
  const described = desired.described ?? [];
  return [
    ...managed,
    ...described.map((one) => describedRow(one, byPlace.get(`${one.project}/${one.instance}`))),
  ];
}

/** What was opened by hand is drift of the machine, and on a bridge drift of every machine of the domain. */
function withFindings(status: MachineStatus, found: readonly Finding[]): MachineStatus {
  const here = found.filter(
    ({ project, instance }) =>
      project === status.project && (instance === '' || instance === status.instance),
  );
  const told = new Set(status.drift.map(({ key }) => key));
  const more = here.map(({ change }) => change).filter(({ key }) => !told.has(key));
  return more.length === 0 ? status : { ...status, drift: [...status.drift, ...more] };
}

/** Nothing is wanted of it, so nothing can drift. */
function describedRow(
  { domain, name, instance, project, type, ip = '' }: DescribedMachine,
  live: InstanceFull | undefined,
): MachineStatus {
  const known = live && couldBeRead(live) ? live : undefined;
  const cards = Object.values(known?.expanded_devices ?? {});
  return {
    domain,
    machine: name,
    instance,
    project,
    network: cards.find(({ network }) => network !== undefined)?.network ?? '',
    type,
    declaredIp: ip,
    addresses: known ? addressesOf(known) : [],
    state: live ? (known?.status ?? 'Unknown') : 'Absent',
    drift: [],
    protected: known !== undefined && isLocked(known),
    managed: false,
  };
}

function row(
  desired: Desired,
  domain: DesiredDomain,
  machine: DesiredMachine,
  live: InstanceFull | undefined,
  around: Surroundings,
): MachineStatus {
  const known = live && couldBeRead(live) ? live : undefined;
  const holder = holderOf(known, desired.projectName);
  return {
    domain: domain.name,
    ...(domain.trustLevel !== undefined && { trust: domain.trustLevel }),
    machine: machine.name,
    instance: machine.instance,
    project: domain.project,
    network: domain.network.name,
    type: machine.type,
    declaredIp: machine.ip,
    addresses: known ? addressesOf(known) : [],
    state: live ? (known?.status ?? 'Unknown') : 'Absent',
    drift: known ? driftOf(desired, domain, machine, known, around) : [],
    ...((holder === 'unmarked' || holder === 'another') && { owner: holder }),
    protected: known ? isLocked(known) : !machine.ephemeral,
    ...(known && isTemplate(known) && { template: true }),
  };
}

function addressesOf(live: InstanceFull): string[] {
  return Object.entries(live.state?.network ?? {})
    .filter(([nic]) => nic !== 'lo')
    .flatMap(([, nic]) => nic.addresses)
    .filter((one) => one.family === 'inet')
    .map((one) => one.address);
}

/** The pool of a machine's volumes is that of its root disk, where they name none. */
function driftOf(
  desired: Desired,
  domain: DesiredDomain,
  machine: DesiredMachine,
  live: InstanceFull,
  { host, boot }: Surroundings,
): readonly Change[] {
  const root = Object.values(live.expanded_devices).find((device) => device.path === '/');
  const defaults = {
    ...standingDefaults(domain, machine, live),
    held: boot.unguarded ?? false,
  };
  const { wanted } = instanceSpec(domain, machine, desired.projectName, root?.pool, host, defaults);
  const told = host ? contextMarks(contextOf(machine.type, host)) : {};
  const { [MARK.image]: _, ...config } = { ...wanted.config, ...told };
  return compare({ ...wanted, config }, live)?.changes ?? [];
}
