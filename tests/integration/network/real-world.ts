import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import type { Host } from '../../../src/base/system/index.ts';
import { connect } from '../../../src/incus/index.ts';
import {
  allowedFlows,
  deployRules,
  type ProbeMachine,
  probeTargets,
  renderRuleset,
} from '../../../src/isolation/index.ts';
import { type Desired, networkCard } from '../../../src/world/tree/index.ts';
import { loadedRules } from '../loaded-rules.ts';
import { incusCli, inSandbox } from '../support.ts';

/** The shared sandbox as a host whose rules are loaded. */
export function sandboxHost(): Host {
  const enter = ['nsenter', '-t', String(inject('holder')), '-m', '-n', '-p', '-C', '--'];
  return { enter, proc: inject('proc') };
}

/** Bridges and containers of a world, made with the `incus` command; back when every machine has its address. */
export async function createWorld(desired: Desired): Promise<ProbeMachine[]> {
  for (const { network } of desired.domains)
    await incusCli(
      ...['network', 'create', network.name, `ipv4.address=${network.gateway}/24`],
      'ipv4.nat=true',
      ...(network.ipv6
        ? [`ipv6.address=${network.ipv6.gateway}/64`, 'ipv6.nat=true', 'ipv6.dhcp.stateful=true']
        : ['ipv6.address=none']),
    );
  for (const domain of desired.domains)
    for (const machine of domain.machines) {
      const { type, network, name, ...keys } = networkCard(domain, machine) ?? {};
      await incusCli(
        ...['launch', 'probe', machine.name, '--quiet', '--storage', 'default'],
        ...['--network', domain.network.name],
        ...Object.entries(keys).flatMap(([key, value]) => ['--device', `eth0,${key}=${value}`]),
      );
      if (machine.ip6) await takeAddress6(machine.name, machine.ip6);
    }
  const incus = await connect({ socket: inject('socket') });
  try {
    for (;;) {
      const { machines, untested, without6 } = await probeTargets(desired, incus, sandboxHost());
      if (untested.length + without6.length === 0) return [...machines];
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    await incus.close();
  }
}

/** The probe image has no client for DHCP over IPv6: its machine is given the address that it would ask for. */
export async function takeAddress6(name: string, address: string): Promise<void> {
  const up = `until ip -4 addr show dev eth0 | grep -q inet; do sleep 0.1; done; echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad; ip -6 addr add ${address}/64 dev eth0`;
  const gateway = address.replace(/[^:]*$/, '254');
  const script = `${up} && ip -6 route replace default via ${gateway} dev eth0`;
  await incusCli('exec', name, '--', 'sh', '-c', script);
}

/** Takes away what `createWorld` made, also when it made only part of it. */
export async function removeWorld(desired: Desired): Promise<void> {
  const names = desired.domains.flatMap(({ machines }) => machines.map(({ name }) => name));
  for (const name of names) await incusCli('delete', '--force', name).catch(() => undefined);
  for (const { network } of desired.domains)
    await incusCli('network', 'delete', network.name).catch(() => undefined);
}

/** Loads the rules of a world into the sandbox. */
export async function deployWorld(desired: Desired): Promise<boolean> {
  const { changed } = await deployRules(renderRuleset(allowedFlows(desired)), sandboxHost());
  return changed;
}

export type Stream = readonly [name: string, from: string, to: string, port: number];
export type Counts = Readonly<Record<string, readonly [sent: number, received: number]>>;

/** Constant UDP traffic along some streams while `work` runs: how many datagrams were sent, and arrived. */
export async function underFlood(
  machines: readonly ProbeMachine[],
  streams: readonly Stream[],
  work: () => Promise<void>,
): Promise<Counts> {
  const number = (name: string): number => machines.findIndex((one) => one.name === name);
  const address = (name: string): string => machines[number(name)]?.ip ?? '';
  const script = fileURLToPath(new URL('flood.py', import.meta.url));
  const child = spawn('python3', ['-I', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const job = {
    spaces: machines.map(({ netns }) => netns),
    pause: 0.001,
    streams: streams.map(([name, from, to, port]) => [
      ...[name, number(from), address(from)],
      ...[number(to), address(to), port],
    ]),
  };
  child.stdin.write(`${JSON.stringify(job)}\n`);
  try {
    await lines.next();
    await work();
  } finally {
    child.stdin.end();
  }
  const { value } = await lines.next();
  return JSON.parse(String(value)) as Counts;
}

/** True when one machine's own `ping` gets an answer: another way than the proof's probes. */
export async function pings(from: string, address: string): Promise<boolean> {
  const ping = ['exec', from, '--', 'ping', '-c', '1', '-W', '1', address];
  return incusCli(...ping).then(
    () => true,
    () => false,
  );
}

/** Everything in the sandbox's nftables but our table, without counters. */
export async function otherRules(): Promise<string> {
  const tables = (await inSandbox('nft', 'list', 'tables')).trim().split('\n');
  const others = tables.filter((table) => !/^(table (inet|bridge) anklume)?$/.test(table));
  const texts = others.map((table) => loadedRules(...table.split(' ')));
  return (await Promise.all(texts)).join('');
}
