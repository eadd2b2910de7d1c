import { type Emit, silent, type Text } from '../base/messages/index.ts';
import { type Incus, type InstanceState, isKind } from '../incus/index.ts';
import type { Desired, DesiredMachine } from '../world/tree/index.ts';

/** What readiness asks of a machine. */
export interface Awaited {
  readonly name: string;
  readonly instance: string;
  readonly project: string;
  readonly domain: string;
  readonly type: 'lxc' | 'vm';
  readonly ip: string;
  readonly ip6?: string;
}

export interface ReadinessOptions {
  /** Limit for containers, in seconds. Default 60. */
  readonly containerSeconds?: number;
  /** Limit for virtual machines, which boot a kernel first. Default 120. */
  readonly vmSeconds?: number;
  readonly emit?: Emit;
  readonly signal?: AbortSignal;
}

/** How one machine ended. `late` ones may still become ready by themselves. */
export interface Readiness {
  readonly machine: string;
  readonly ready: boolean;
  readonly seconds: number;
  readonly reason?: Text;
}

/** Thirty tries of two seconds, and sixty: what users of the product know; we only look more often. */
const CONTAINER_SECONDS = 60;
const VM_SECONDS = 120;

/**
 * A container that has its IPv4 address is given so many seconds more for the IPv6 one, so that the proof can try it:
 * clients of DHCPv6 first wait for a router's word. An image without such a client is as ready as it gets.
 */
const IP6_SECONDS = 10;

/** A look costs the daemon about 5 ms for each running machine. */
const PAUSE_MS = 150;

/** Asking an agent costs a connection into the guest, and one that boots has better to do. In seconds. */
const AGENT_PAUSE = 1;

/** Up to so many machines are asked one by one; beyond, one list of all is cheaper. */
const FEW = 8;

/** The machines of the desired world, as readiness wants them. */
export function awaitedOf(desired: Desired): Awaited[] {
  return desired.domains.flatMap((domain) =>
    domain.machines.map((machine) => awaited(machine, domain.project)),
  );
}

function awaited(machine: DesiredMachine, project: string): Awaited {
  const { name, instance, domain, type, ip, ip6 } = machine;
  return { name, instance, domain, type, ip, project, ...(ip6 !== undefined && { ip6 }) };
}

/**
 * Waits until every container holds its declared address and every virtual machine's agent answers.
 * Late machines are told, not thrown: the caller decides what goes on without them.
 */
export async function waitForAddresses(
  incus: Incus,
  machines: readonly Awaited[],
  options: ReadinessOptions = {},
): Promise<Readiness[]> {
  const emit = options.emit ?? silent;
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  const limitOf = (machine: Awaited) =>
    machine.type === 'vm'
      ? (options.vmSeconds ?? VM_SECONDS)
      : (options.containerSeconds ?? CONTAINER_SECONDS);
  for (const machine of machines) emit({ type: 'step.started', ...aboutWaiting(machine) });
  const results: Readiness[] = [];
  let pending = [...machines];
  let agentsAsked = -AGENT_PAUSE;
  const holdsFirst = new Map<Awaited, number>();
  while (pending.length > 0) {
    const asksAgents = elapsed() - agentsAsked >= AGENT_PAUSE;
    const asked = pending.filter(({ type }) => type === 'lxc' || asksAgents);
    if (asksAgents) agentsAsked = elapsed();
    const { ready, without6 } = await lookAt(incus, asked);
    const seconds = elapsed();
    for (const machine of without6) {
      const first = holdsFirst.get(machine) ?? seconds;
      holdsFirst.set(machine, first);
      if (seconds - first >= IP6_SECONDS) ready.add(machine);
    }
    for (const machine of asked)
      if (machine.type === 'vm' && !ready.has(machine)) tellSilent(emit, machine, seconds);
    for (const machine of pending.filter((one) => ready.has(one))) {
      emit({ type: 'step.done', id: stepId(machine), seconds });
      results.push({ machine: machine.name, ready: true, seconds });
    }
    pending = pending.filter((one) => !ready.has(one));
    const over = pending.filter((one) => options.signal?.aborted || seconds >= limitOf(one));
    for (const machine of over) results.push(tellLate(emit, machine, seconds));
    pending = pending.filter((one) => !over.includes(one));
    if (pending.length > 0) await pause();
  }
  return results;
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, PAUSE_MS);
  });
}

/** `without6`: containers that lack nothing but their IPv6 address. */
async function lookAt(
  incus: Incus,
  pending: readonly Awaited[],
): Promise<{ ready: Set<Awaited>; without6: readonly Awaited[] }> {
  const containers = pending.filter((machine) => machine.type === 'lxc');
  const vms = pending.filter((machine) => machine.type === 'vm');
  const [states, agents] = await Promise.all([
    statesOf(incus, containers),
    Promise.all(vms.map(async (vm) => ({ vm, answers: await agentAnswers(incus, vm) }))),
  ]);
  const holding = containers.filter((machine) => holdsAddress(states.get(machine), machine.ip));
  const without6 = holding.filter(
    (machine) => machine.ip6 && !holdsAddress(states.get(machine), machine.ip6),
  );
  const whole = holding.filter((machine) => !without6.includes(machine));
  const answering = agents.filter(({ answers }) => answers).map(({ vm }) => vm);
  return { ready: new Set([...whole, ...answering]), without6 };
}

async function statesOf(
  incus: Incus,
  machines: readonly Awaited[],
): Promise<Map<Awaited, InstanceState>> {
  const states = new Map<Awaited, InstanceState>();
  if (machines.length > FEW) {
    const all = await incus.instances.listFull();
    const byPlace = new Map(all.map((one) => [`${one.project}/${one.name}`, one.state]));
    for (const machine of machines) {
      const state = byPlace.get(`${machine.project}/${machine.instance}`);
      if (state) states.set(machine, state);
    }
    return states;
  }
  await Promise.all(
    machines.map(async (machine) => {
      const state = await stateIfPresent(incus, machine);
      if (state) states.set(machine, state);
    }),
  );
  return states;
}

async function stateIfPresent(incus: Incus, machine: Awaited): Promise<InstanceState | undefined> {
  try {
    return await incus.instances.state(machine.instance, { project: machine.project });
  } catch (error) {
    // A container that is just starting makes Incus answer 'Invalid PID': not ready yet, look again.
    if (isKind(error, 'not-found', 'failed')) return undefined;
    throw error;
  }
}

/** Whether any interface of the guest holds the address. */
export function holdsAddress(
  state: Pick<InstanceState, 'network'> | undefined,
  ip: string,
): boolean {
  return Object.values(state?.network ?? {}).some((nic) =>
    nic.addresses.some(({ address }) => address === ip),
  );
}

/** A virtual machine whose agent is not up yet refuses commands: that is an answer, not a failure. */
async function agentAnswers(incus: Incus, vm: Awaited): Promise<boolean> {
  try {
    return await incus.instances.answers(vm.instance, { project: vm.project });
  } catch {
    return false;
  }
}

function stepId(machine: Awaited): string {
  return `ready:${machine.project}/${machine.instance}`;
}

function aboutWaiting(machine: Awaited) {
  const what =
    machine.type === 'vm'
      ? {
          en: `Wait for the agent of ${machine.name}`,
          fr: `Attendre l'agent de ${machine.name}`,
        }
      : {
          en: `Wait for ${machine.name} to hold ${machine.ip}`,
          fr: `Attendre que ${machine.name} ait ${machine.ip}`,
        };
  return { id: stepId(machine), label: what, domain: machine.domain };
}

function tellSilent(emit: Emit, machine: Awaited, seconds: number): void {
  const text = {
    en: `no answer yet after ${Math.round(seconds)} s`,
    fr: `pas encore de réponse après ${Math.round(seconds)} s`,
  };
  emit({ type: 'step.progress', id: stepId(machine), text });
}

function tellLate(emit: Emit, machine: Awaited, seconds: number): Readiness {
  const limit = Math.round(seconds);
  const message =
    machine.type === 'vm'
      ? {
          en: `The agent of '${machine.name}' did not answer within ${limit} s.`,
          fr: `L'agent de « ${machine.name} » n'a pas répondu en ${limit} s.`,
        }
      : {
          en: `'${machine.name}' did not get its address ${machine.ip} within ${limit} s.`,
          fr: `« ${machine.name} » n'a pas obtenu son adresse ${machine.ip} en ${limit} s.`,
        };
  const code = machine.type === 'vm' ? 'agent-late' : 'address-late';
  const remedy = {
    en: `Look at it from inside: anklume incus -- console ${machine.instance} --project ${machine.project} --show-log`,
    fr: `Regardez de l'intérieur : anklume incus -- console ${machine.instance} --project ${machine.project} --show-log`,
  };
  emit({ type: 'step.failed', id: stepId(machine), code, message, remedy });
  return { machine: machine.name, ready: false, seconds, reason: message };
}
