import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../../base/system/index.ts';
import { ipv6Of } from '../../world/infra/index.ts';

/** What the kernel of the daemon's host has of bridges and of what they need to work. Plain JSON. */
export interface BridgeView {
  readonly links: readonly HostLink[];
  /** Interfaces from which packets are forwarded, by family. */
  readonly forwarding: { readonly inet: readonly string[]; readonly inet6: readonly string[] };
  /** Where something waits for UDP: `10.1.1.254:53`, `[fd00::1]:53`. Absent where it is not known. */
  readonly sockets?: readonly string[];
  /** Bridges whose dnsmasq is there and does not run: somebody stopped it. */
  readonly halted: readonly string[];
}

export interface HostLink {
  readonly name: string;
  readonly up: boolean;
  readonly master?: string;
  /** `10.1.1.254/24` */
  readonly addresses: readonly string[];
}

/** The same, from what `ip -j` listed of addresses and settings; without a program more. */
export async function readBridges(host: Host, listed: string): Promise<BridgeView> {
  const [sockets, halted] = await Promise.all([socketsOf(host), haltedOf(host)]);
  return { ...fromIp(listed), ...(sockets && { sockets }), halted };
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

/** Addresses and ports of the host on which something waits for UDP; undefined where nobody may look. */
async function socketsOf({ proc }: Host): Promise<string[] | undefined> {
  // Its first process is in the network of the host; `self` would be in ours.
  const files = ['udp', 'udp6'].map((name) => readFile(join(proc, '1', 'net', name), 'utf8'));
  const texts = await Promise.all(files.map((text) => text.catch(() => undefined)));
  return texts[0] === undefined ? undefined : texts.flatMap((text) => socketsIn(text ?? ''));
}

/** From `/proc/net/udp`: the bytes of an address stand in words of four, the last first. */
export function socketsIn(udp: string): string[] {
  return [...udp.matchAll(/^ *\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) /gm)].map(
    ([, address = '', port = '']) => `${addressOf(address)}:${Number.parseInt(port, 16)}`,
  );
}

function addressOf(words: string): string {
  const bytes = (words.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)),
  );
  if (bytes.length === 4) return bytes.join('.');
  const bits = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return `[${ipv6Of(bits)}]`;
}

/** Those whose dnsmasq is stopped by a signal, or traced. */
async function haltedOf({ proc }: Host): Promise<string[]> {
  const pids = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/.test(name));
  const servers = pids.filter((pid) => procText(proc, pid, 'comm') === 'dnsmasq\n');
  return servers
    .filter((pid) => /\) [Tt] /.test(procText(proc, pid, 'stat')))
    .flatMap((pid) =>
      procText(proc, pid, 'cmdline')
        .split('\0')
        .flatMap((word) => /^--interface=(.+)$/.exec(word)?.[1] ?? []),
    );
}

/** Read at once: the kernel has it ready, and to wait for each of hundreds takes ten times as long. */
function procText(proc: string, pid: string, name: string): string {
  try {
    return readFileSync(join(proc, pid, name), 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
