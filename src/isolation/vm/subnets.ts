import { ipv4Number, ipv4Range, ipv4Text } from '../../base/system/index.ts';
import { bitsOf, ipv6Of } from '../../world/infra/index.ts';

/** The network address of an IPv4 subnet as a number. */
export function numberOf(subnet: string): number {
  return Number(parse(subnet).start);
}

/** The fewest subnets that hold exactly the addresses of these, sorted; all of one family. */
export function covering(subnets: readonly string[]): string[] {
  const blocks = subnets.map(parse).sort((a, b) => {
    if (a.start !== b.start) return a.start < b.start ? -1 : 1;
    return a.size > b.size ? -1 : 1;
  });
  const joined: Block[] = [];
  for (const block of blocks) {
    const last = joined.at(-1);
    if (last && block.start < last.start + last.size) continue;
    joined.push(block);
    joinHalves(joined);
  }
  return joined.map(text);
}

/** A power of two of addresses that starts at a multiple of it. */
export interface Block {
  readonly start: bigint;
  readonly size: bigint;
  /** How long an address is. */
  readonly bits: 32 | 128;
}

/** The addresses of `a.b.c.d/n`; undefined for any other text, and for one that does not begin with its first address. */
export function blockOf(untrustedSubnet: string): Block | undefined {
  if (!untrustedSubnet.includes('/') || !ipv4Range(untrustedSubnet)) return undefined;
  const block = parse(untrustedSubnet);
  return text(block) === untrustedSubnet ? block : undefined;
}

function joinHalves(blocks: Block[]): void {
  for (;;) {
    const [first, second] = blocks.slice(-2);
    if (!first || !second || first.size !== second.size) return;
    const size = 2n * first.size;
    if (first.start + first.size !== second.start || first.start % size !== 0n) return;
    blocks.splice(-2, 2, { ...first, size });
  }
}

function parse(subnet: string): Block {
  const bits = subnet.includes(':') ? 128 : 32;
  const [address = '', length = String(bits)] = subnet.split('/');
  const number = bits === 128 ? bitsOf(address) : BigInt(ipv4Number(address) ?? 0);
  const size = 2n ** BigInt(bits - Number(length));
  return { start: number - (number % size), size, bits };
}

function text({ start, size, bits }: Block): string {
  const length = bits - (size.toString(2).length - 1);
  if (bits === 128) return `${ipv6Of(start)}/${length}`;
  return `${ipv4Text(Number(start))}/${length}`;
}
