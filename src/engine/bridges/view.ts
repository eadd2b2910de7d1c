import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AnklumeError } from '../../base/messages/index.ts';
import { type Host, run } from '../../base/system/index.ts';

/** What the kernel of the daemon's host has of bridges and of what they need to work. Plain JSON. */
export interface BridgeView {
  readonly links: readonly HostLink[];
  /** Interfaces from which packets are forwarded, by family. */
  readonly forwarding: { readonly inet: readonly string[]; readonly inet6: readonly string[] };
  /** Where something waits for UDP, as `ss` tells it: `10.1.1.254:53`, `0.0.0.0%net-pro:67`. Absent where it is not known. */
  readonly sockets?: readonly string[];
  /** Bridges whose dnsmasq is there and does not run: somebody stopped it. */
  readonly halted: readonly string[];
  /** Bridges of which Incus's address translation is loaded. Absent where only root could tell. */
  readonly translated?: { readonly inet: readonly string[]; readonly inet6: readonly string[] };
}

export interface HostLink {
  readonly name: string;
  readonly up: boolean;
  readonly master?: string;
  /** `10.1.1.254/24` */
  readonly addresses: readonly string[];
}

/** Reads it; nothing is changed, and nothing needs root but what is said to. Undefined where `ip` cannot be asked. */
export async function readBridges(host: Host): Promise<BridgeView | undefined> {
  const [listed, sockets, halted, translated] = await Promise.all([
    told(host, ['ip', '-j', '-batch', '-'], 'address show\nnetconf show\n'),
    told(host, ['ss', '-Huan']),
    haltedOf(host),
    told(host, ['nft', 'list', 'table', 'inet', 'incus']),
  ]);
  if (listed === undefined) return undefined;
  return {
    ...fromIp(listed.stdout),
    ...(sockets && { sockets: socketsIn(sockets.stdout) }),
    halted,
    ...(translated && { translated: translatedIn(translated.stdout, translated.stderr) }),
  };
}

/** What a program says; undefined where it is not there, or will not say. */
async function told(host: Host, argv: readonly string[], input?: string) {
  try {
    const [first = '', ...rest] = [...host.enter, ...argv];
    const answer = await run([first, ...rest], {
      accept: [0, 1],
      ...(input !== undefined && { input }),
    });
    const isAbsent = /No such file or directory/.test(answer.stderr);
    return answer.code === 0 || isAbsent ? answer : undefined;
  } catch (error) {
    if (error instanceof AnklumeError) return undefined;
    throw error;
  }
}

interface Listed {
  readonly ifname?: string;
  readonly flags?: readonly string[];
  readonly master?: string;
  readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number }[];
  readonly family?: string;
  readonly interface?: string;
  readonly forwarding?: boolean;
}

/** From what `ip -j` lists of addresses and of the settings of interfaces. */
export function fromIp(stdout: string): Pick<BridgeView, 'links' | 'forwarding'> {
  const rows = stdout
    .split(/\n(?=\[)/)
    .flatMap((list) => (list.trim() === '' ? [] : (JSON.parse(list) as Listed[])));
  const forwards = (family: string) =>
    rows.flatMap((row) =>
      row.family === family && row.forwarding && row.interface !== undefined ? [row.interface] : [],
    );
  return {
    links: rows.flatMap(({ ifname, flags = [], master, addr_info = [] }) =>
      ifname === undefined
        ? []
        : [
            {
              name: ifname,
              up: flags.includes('UP'),
              ...(master !== undefined && { master }),
              addresses: addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`),
            },
          ],
    ),
    forwarding: { inet: forwards('inet'), inet6: forwards('inet6') },
  };
}

/** The local ends of UDP sockets. */
export function socketsIn(ss: string): string[] {
  return ss.split('\n').flatMap((line) => line.trim().split(/\s+/)[3] ?? []);
}

/** Bridges with a chain of Incus that translates addresses. A table that is not there has none. */
export function translatedIn(nft: string, complaint = ''): NonNullable<BridgeView['translated']> {
  if (/No such file or directory/.test(complaint)) return { inet: [], inet6: [] };
  const chains = nft.split(/^\tchain /m).slice(1);
  const within = (family: RegExp) =>
    chains.flatMap((text) => {
      const name = /^pstrt\.(\S+) \{/.exec(text)?.[1];
      const lines = text.split('\n').filter((line) => /\b(masquerade|snat)\b/.test(line));
      return name !== undefined && lines.some((line) => family.test(line)) ? [name] : [];
    });
  return { inet: within(/\bip saddr\b/), inet6: within(/\bip6 saddr\b/) };
}

/** Those whose dnsmasq is stopped by a signal or traced, or has ended and was not waited for. */
async function haltedOf(host: Host): Promise<string[]> {
  const numbers = (await readdir(host.proc).catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    numbers.map(async (pid) => {
      const stat = await readFile(join(host.proc, pid, 'stat'), 'utf8').catch(() => '');
      if (!/^\d+ \(dnsmasq\) [Tt] /.test(stat)) return [];
      const line = await readFile(join(host.proc, pid, 'cmdline'), 'utf8').catch(() => '');
      return line.split('\0').flatMap((word) => /^--interface=(.+)$/.exec(word)?.[1] ?? []);
    }),
  );
  return found.flat();
}
