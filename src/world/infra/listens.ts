import type { Config } from './types.ts';

/** One address of the host on which a proxy device listens. */
export interface Listen {
  readonly protocol: string;
  /** Of a socket file, its path; all ports of a range are one entry each. */
  readonly address: string;
  readonly port: number;
}

/** More than that in one range are not looked at one by one. */
const MOST_PORTS = 1000;

/** Where a proxy device listens on the host; nothing for one that listens in its machine, and for other devices. */
export function listensOf(device: Config): Listen[] {
  if (device.type !== 'proxy' || !['', 'host'].includes(device.bind ?? '')) return [];
  const [, protocol = '', rest = ''] = /^(tcp|udp|unix):(.+)$/.exec(device.listen ?? '') ?? [];
  if (protocol === 'unix') return [{ protocol, address: rest, port: 0 }];
  const [, address = '', ports = ''] = /^(\[[^\]]+\]|[^:]+):([\d,-]+)$/.exec(rest) ?? [];
  return portsOf(ports).map((port) => ({ protocol, address, port }));
}

function portsOf(text: string): number[] {
  const all = text.split(',').flatMap((part) => {
    if (part === '') return [];
    const [first = Number.NaN, last = first] = part.split('-').map(Number);
    if (!(first <= last)) return [];
    const count = Math.min(last - first + 1, MOST_PORTS);
    return Array.from({ length: count }, (_, at) => first + at);
  });
  return all.slice(0, MOST_PORTS);
}

const EVERY4 = '0.0.0.0';
const EVERY6 = '[::]';

/** Whether two cannot both be had: the same port of one address, or of all addresses and any of them. */
export function collide(one: Listen, other: Listen): boolean {
  if (one.protocol !== other.protocol || one.port !== other.port) return false;
  const [a, b] = [one.address, other.address];
  if (a === b || a === EVERY6 || b === EVERY6) return one.protocol !== 'unix' || a === b;
  return (a === EVERY4 && !b.startsWith('[')) || (b === EVERY4 && !a.startsWith('['));
}

/** As people write it: `tcp:0.0.0.0:80`. */
export function listenText({ protocol, address, port }: Listen): string {
  return protocol === 'unix' ? `unix:${address}` : `${protocol}:${address}:${port}`;
}
