import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, inject } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { loadedRules } from '../loaded-rules.ts';
import {
  anklume,
  clearAway,
  incusCli,
  incusQuery,
  inSandbox,
  type Outcome,
  resultOf,
} from '../support.ts';

/** One cell of a proof, as `anklume prove --json` gives it. */
export interface Cell {
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly port?: number;
  readonly family?: 6;
  readonly measured: string;
  readonly verdict: string;
}

export interface Proof {
  readonly holds: boolean;
  readonly cells: readonly Cell[];
  readonly forgeries: readonly (Cell & { readonly forged: string })[];
  readonly untested: readonly unknown[];
  readonly exempt: readonly { readonly machine: string }[];
  readonly mismatches: readonly { readonly text: { readonly en: string } }[];
}

export interface Names {
  readonly adm: string;
  readonly zeta: string;
  readonly beta: string;
  readonly lab: string;
}

export const BASE = '10.73';
export const BASE6 = 'fd73:1:2';

/**
 * A world whose domains are not in the order of their names, all but one of them with IPv6. `more` is put below
 * `domains`.
 */
export function worldText(
  { adm, zeta, beta, lab }: Names,
  mode: 'vm' | 'host' | undefined,
  more = '',
): string {
  return `project_name: ${adm}
global:
  base_subnet: "${BASE}"
  base_subnet6: "${BASE6}"
  default_os_image: probe
${mode === undefined ? '' : `  firewall_mode: ${mode}\n`}domains:
  ${zeta}:
    subnet_id: 1
    ipv6: true
    ephemeral: true
    machines:
      ${zeta}-1: { ip: ${BASE}.1.1 }
      ${zeta}-2: { ip: ${BASE}.1.2 }
  ${adm}:
    subnet_id: 0
    ipv6: true
    ephemeral: true
    machines:
      sys-firewall: { type: lxc, os_image: "images:debian/13", ip: ${BASE}.0.253 }
      ${adm}-1: { ip: ${BASE}.0.1 }
  ${lab}:
    subnet_id: 7
    internet: false
    ephemeral: true
    machines:
      ${lab}-1: { ip: ${BASE}.7.1 }
  ${beta}:
    subnet_id: 2
    ipv6: true
    ephemeral: true
    machines:
      ${beta}-1: { ip: ${BASE}.2.1 }
      ${beta}-2: { ip: ${BASE}.2.2 }
${more}network_policies:
  - { description: web, from: ${zeta}, to: ${beta}-1, ports: [80, 443] }
  - { description: administration, from: ${adm}, to: ${beta}, ports: all }
  - { description: names, from: ${zeta}-1, to: ${lab}, ports: [53], protocol: udp, bidirectional: true }
  - { description: trace, from: ${zeta}-2, to: ${beta}-2, ports: all, protocol: udp }
  - { description: own service, from: ${lab}-1, to: host, ports: [3142] }
`;
}

/** A project folder with a world in it. */
export async function projectOf(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'anklume-firewall-'));
  await writeFile(join(folder, 'infra.yml'), text);
  return folder;
}

/** The probe image has no client for DHCP over IPv6: its machines are given the addresses that they would ask for. */
export async function takeAddresses6({ adm, zeta, beta }: Names): Promise<void> {
  const machines = [
    [adm, 0, 1],
    [zeta, 1, 1],
    [zeta, 1, 2],
    [beta, 2, 1],
    [beta, 2, 2],
  ] as const;
  await Promise.all(
    machines.map(async ([domain, subnet, host]) => {
      const network = subnet === 0 ? BASE6 : `${BASE6}:${subnet}`;
      const script = [
        'echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad',
        `ip -6 addr replace ${network}::${host}/64 dev eth0`,
        `ip -6 route replace default via ${network}::254 dev eth0`,
      ];
      const where = ['--project', domain, `${domain}-${host}`];
      await incusCli('exec', ...where, '--', 'sh', '-c', script.join(' && '));
    }),
  );
}

/** Writes another world into the folder and brings it up. */
export async function up(folder: string, text: string, ...flags: string[]): Promise<Outcome> {
  await writeFile(join(folder, 'infra.yml'), text);
  return anklume(['up', '--yes', '--json', ...flags], { cwd: folder });
}

export async function proofOf(folder: string): Promise<Proof> {
  return resultOf<Proof>(await anklume(['prove', '--json'], { cwd: folder }));
}

/** Takes everything of a world away, also what only part of a run made. */
export async function removeWorld(folder: string, names: Names, more: string[]): Promise<void> {
  await clearAway(folder, [...Object.values(names), ...more]);
  for (const family of FAMILIES)
    for (const { iif } of await steeringRules(family))
      await inSandbox(...ruleDel(family, iif)).catch(() => undefined);
}

const FAMILIES = ['-4', '-6'] as const;

const ruleDel = (family: string, iif: string): string[] => [
  ...['ip', family, 'rule', 'del', 'iif', iif, 'priority', '25300'],
];

/** The host's rules that steer, as `ip` lists them. */
export async function steeringRules(
  family: (typeof FAMILIES)[number] = '-4',
): Promise<{ readonly iif: string; readonly table: string }[]> {
  const all = JSON.parse(await inSandbox('ip', family, '-N', '-j', 'rule', 'show')) as {
    priority: number;
    iif: string;
    table: string;
  }[];
  return all.filter(({ priority }) => priority === 25_300);
}

/** Everything that makes the host hand over and filter, as nft and ip list it. */
export async function hostState(): Promise<string[]> {
  const tables = await Promise.all(
    ['inet', 'bridge'].map((one) => loadedRules('table', one, 'anklume')),
  );
  const listed = await Promise.all(
    FAMILIES.flatMap((one) => [
      inSandbox('ip', one, '-N', 'rule', 'show'),
      inSandbox('ip', one, '-N', 'route', 'show', 'table', 'all', 'proto', '253'),
    ]),
  );
  const sorted = (lines: string) =>
    lines
      .split('\n')
      // Members of sets come in any order, and the first and the last have a brace beside them.
      .map((line) => line.trim().replace(/^elements = \{ |( \}|,)$/g, ''))
      .sort();
  return [...tables, ...listed].flatMap(sorted);
}

/** What a reboot leaves of it: nothing. */
export async function forgetAll(): Promise<void> {
  for (const family of ['inet', 'bridge'])
    await inSandbox('nft', 'delete', 'table', family, 'anklume');
  for (const one of FAMILIES)
    for (const { iif, table } of await steeringRules(one)) {
      await inSandbox(...ruleDel(one, iif));
      await inSandbox('ip', one, 'route', 'flush', 'table', table);
    }
}

/** Runs what the units among these files run, with the other files in a folder of the test. */
export async function runAtBoot(
  files: readonly { readonly path: string; readonly text: string }[],
  folder: string,
): Promise<void> {
  const moved = new Map(files.map(({ path }) => [path, join(folder, basename(path))]));
  for (const { path, text } of files) await writeFile(moved.get(path) ?? '', text);
  for (const { text } of files)
    for (const [, mayFail, line = ''] of text.matchAll(/^ExecStart(?:Pre)?=(-?)(.*)$/gm)) {
      const words = line.split(' ').map((word) => moved.get(word) ?? word);
      await inSandbox(...words).catch((error) => expect([mayFail, error]).toEqual(['-', error]));
    }
}

/** Texts of rules in which the way of a domain to the firewall machine leads elsewhere, with what is said of each. */
export function hostileTexts(good: string, zeta: string): readonly (readonly [string, string])[] {
  const leg = `# steer net-${zeta} ${BASE}.1.0/24 ${BASE}.1.253`;
  const leg6 = `${BASE6}:1::/64 ${BASE6}:1::253`;
  return [
    ['steering-untrusted', good.replace(leg, `${leg} via`)],
    ['steering-untrusted', good.replace(leg, `# steer net-${zeta} 0.0.0.0/0 ${BASE}.1.253`)],
    ['steering-foreign', good.replace(leg, `# steer net-${zeta} 9.9.9.0/24 9.9.9.9`)],
    ['steering-foreign', good.replace(leg, `# steer lo 127.0.0.0/16 127.0.0.1`)],
    ['steering-foreign', good.replace(leg, leg.replace('.1.253', '.1.254'))],
    ['steering-untrusted', good.replace(leg6, `${leg6} via`)],
    ['steering-untrusted', good.replace(leg6, `::/0 ${BASE6}:1::253`)],
    ['steering-foreign', good.replace(leg6, '2001:db8::/64 2001:db8::1')],
    ['steering-foreign', good.replace(leg6, leg6.replace('::253', '::254'))],
  ];
}

/** A command in a machine: its standard output, and whether it succeeded. */
export async function inside(
  project: string,
  machine: string,
  ...command: string[]
): Promise<{ ok: boolean; text: string }> {
  try {
    return {
      ok: true,
      text: await incusCli('exec', '--project', project, machine, '--', ...command),
    };
  } catch (error) {
    return { ok: false, text: String(error) };
  }
}

interface Window {
  readonly project: string;
  readonly machine: string;
  readonly card: string;
}

/** Sends frames from one machine's card, and says which of the claimed senders arrive at another's. */
export async function framesArriving(
  from: Window,
  to: Window,
  target: string,
  claims: readonly string[],
): Promise<string[]> {
  const [sender, watcher] = await Promise.all([windowOf(from), windowOf(to)]);
  const script = fileURLToPath(new URL('leg.py', import.meta.url));
  const words = [sender.space, from.card, watcher.space, to.card, watcher.mac, target, ...claims];
  return (await run(['python3', '-I', script, ...words])).stdout.trim().split('\n');
}

async function windowOf({ project, machine, card }: Window) {
  const { pid, network } = await incusQuery<{
    pid: number;
    network: Record<string, { hwaddr: string }>;
  }>(`/1.0/instances/${machine}/state?project=${project}`);
  return { space: `${inject('proc')}/${pid}/ns/net`, mac: network[card]?.hwaddr ?? '' };
}

/** Looks again until it is so, for at most 40 s. */
export async function eventually(what: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + 40_000;
  while (performance.now() < deadline) {
    if (await what()) return true;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return false;
}
