import { type Host, printable } from '../../base/system/index.ts';
import { networkSpec, realityOf } from '../../engine/index.ts';
import type { InstanceFull, Network } from '../../incus/index.ts';
import {
  type Around,
  allowedFlows,
  examineReality,
  type Findings,
  firewallOf,
  networkStatus,
  type ProbeMachine,
  type ProofFinding,
} from '../../isolation/index.ts';
import type { Daemon } from '../../site/index.ts';
import { type Desired, type DesiredMachine, foreignNics, MARK } from '../../world/tree/index.ts';
import { isAdminSocket, mayAdminister } from '../admin/index.ts';
import { asFindings, faultsOfBridges } from './bridges.ts';

/** What a look at the daemon has found already. */
interface Seen {
  readonly instances: readonly InstanceFull[];
  readonly machines: readonly ProbeMachine[];
  readonly around: Around;
}

/** Compares what runs on a daemon, and what its kernel has on the way of packets, with the wanted world. */
export async function inspectReality(
  desired: Desired,
  { incus }: Daemon,
  host: Host,
  { instances, machines, around }: Seen,
  signal?: AbortSignal,
): Promise<Findings> {
  const [networks, { environment }] = await Promise.all([incus.networks.list(), incus.server()]);
  const wanted = new Map(
    desired.domains.map((domain) => {
      const { name, wanted } = networkSpec(domain, desired.projectName);
      return [name, wanted.config];
    }),
  );
  const { firewall } = environment;
  const daemon = {
    ...{ instances, networks, wanted, firewall },
    isAdminSocket: (machine: DesiredMachine, live: InstanceFull, device: string) =>
      mayAdminister(machine) && isAdminSocket(live.config, device, live.devices[device]),
  };
  const [found, unwalled, faults] = await Promise.all([
    examineReality(desired, allowedFlows(desired), daemon, host, machines, signal),
    withoutRules(desired, host, around),
    faultsOfBridges(desired, { networks, instances }, host),
  ]);
  const running = instances.filter(({ status }) => status !== 'Stopped');
  return {
    ...found,
    findings: [
      ...found.findings,
      ...unwalled,
      ...settings(desired, running, networks),
      ...asFindings(faults),
    ],
    notes: [...found.notes, ...permitted(desired, running, networks)],
  };
}

/** What opens a machine past all walls; the rest of what runs otherwise than declared is for status and plan. */
const OPENS = ['foreign-nic', 'dangerous-setting', 'idmap-host-root'] as const;

/** NICs and settings of declared machines that open what is closed. Bridges are judged by all their keys. */
function settings(
  desired: Desired,
  running: readonly InstanceFull[],
  networks: readonly Network[],
): ProofFinding[] {
  // Those that come and go are exempt from being declared, and from nothing else.
  const declared = running.filter(
    (instance) => isDeclared(desired, instance) || instance.config[MARK.disposable] !== undefined,
  );
  return realityOf(desired, declared, networks).flatMap(({ instance, note }) => {
    const { text, remedy = text } = note;
    const code = OPENS.find((one) => one === note.code);
    return instance === '' || !code ? [] : [{ code, place: instance, text, remedy }];
  });
}

/** NICs that a machine may have because its declaration names them. */
function permitted(
  desired: Desired,
  running: readonly InstanceFull[],
  networks: readonly Network[],
): ProofFinding[] {
  return (
    foreignNics(desired, running, networks)
      // What the firewall machine may do is told apart.
      .filter(({ allowed, instance }) => allowed && instance !== firewallOf(desired)?.instance)
      .map(({ instance, device, reason }) => ({
        code: 'foreign-nic',
        place: instance,
        text: {
          en: `${printable(instance)}: ${reason.en}, as its key 'allow' permits`,
          fr: `${printable(instance)} : ${reason.fr}, comme le permet sa clé « allow »`,
        },
        remedy: {
          en: `Take ${printable(device)} and its word under 'allow' out of infra.yml to close it.`,
          fr: `Retirez ${printable(device)} et son mot sous « allow » de infra.yml pour fermer.`,
        },
      }))
  );
}

function isDeclared({ domains }: Desired, { project, name }: InstanceFull): boolean {
  return domains.some(
    (domain) =>
      domain.project === project && domain.machines.some(({ instance }) => instance === name),
  );
}

/** What runs for another infrastructure on this daemon, and neither its own rules nor the closed table hold. */
async function withoutRules(desired: Desired, host: Host, around: Around): Promise<ProofFinding[]> {
  const { closed } = await networkStatus(desired, host, around);
  return closed.flatMap(({ reason, infrastructure, name, running, holds }): ProofFinding[] => {
    if (reason !== 'no-rules' || !running || holds) return [];
    const [of, on] = [printable(infrastructure), printable(name)];
    return [
      {
        code: 'no-rules',
        place: name,
        text: {
          en: `no isolation rule covers ${on} of the infrastructure '${of}', and its machines run`,
          fr: `aucune règle d'isolation ne couvre ${on} de l'infrastructure « ${of} », et ses machines tournent`,
        },
        remedy: {
          en: `Run 'anklume network deploy' in the folder of that infrastructure. Run here, it closes them until then.`,
          fr: `Lancez « anklume network deploy » dans le dossier de cette infrastructure ; ici, la commande les ferme jusque-là.`,
        },
      },
    ];
  });
}

/** Whose each end of a NIC on the host is: the machine's name, or project and name of one that is not declared. */
export function ownersOf(
  { domains }: Desired,
  instances: readonly InstanceFull[],
): ReadonlyMap<string, string> {
  const names = new Map(
    domains.flatMap(({ project, machines }) =>
      machines.map(({ name, instance }) => [`${project}/${instance}`, name]),
    ),
  );
  return new Map(
    instances.flatMap(({ project, name, config }) =>
      Object.entries(config).flatMap(([key, port]): [string, string][] => {
        const of = `${project}/${name}`;
        return /^volatile\..+\.host_name$/.test(key) ? [[port, names.get(of) ?? of]] : [];
      }),
    ),
  );
}
