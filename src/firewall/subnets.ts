/** The network address of a subnet as a number. */
export function numberOf(subnet: string): number {
  return parse(subnet).start;
}

/** The fewest subnets that hold exactly the addresses of these, sorted. */
export function covering(subnets: readonly string[]): string[] {
  const blocks = subnets.map(parse).sort((a, b) => a.start - b.start || b.size - a.size);
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
  readonly start: number;
  readonly size: number;
}

/** The addresses of `a.b.c.d/n`; undefined for any other text, and for one that does not begin with its first address. */
export function blockOf(untrustedSubnet: string): Block | undefined {
  const found = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(untrustedSubnet);
  const numbers = found?.slice(1).map(Number) ?? [];
  const length = numbers.pop();
  if (length === undefined || length > 32 || numbers.some((one) => one > 255)) return undefined;
  const block = parse(untrustedSubnet);
  return text(block) === untrustedSubnet ? block : undefined;
}

function joinHalves(blocks: Block[]): void {
  for (;;) {
    const [first, second] = blocks.slice(-2);
    if (!first || !second || first.size !== second.size) return;
    if (first.start + first.size !== second.start || first.start % (2 * first.size) !== 0) return;
    blocks.splice(-2, 2, { start: first.start, size: 2 * first.size });
  }
}

function parse(subnet: string): Block {
  const [address = '', length = '32'] = subnet.split('/');
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(length));
  return { start: number - (number % size), size };
}

function text({ start, size }: Block): string {
  const parts = [24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256);
  return `${parts.join('.')}/${32 - Math.log2(size)}`;
}
