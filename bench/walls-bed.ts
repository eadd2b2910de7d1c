import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Host } from '../src/base/system/index.ts';
import { type Desired, networkCard } from '../src/world/tree/index.ts';
import { timed } from './measure.ts';

/** A host of its own: a namespace with all bridges of a world, and two members behind the first and the last. */
export interface Bed {
  readonly host: Host;
  readonly members: readonly [string, string];
  readonly close: () => Promise<void>;
}

const spaceOf = (pid: number | undefined): string => `/proc/${pid}/ns/net`;

/** A namespace that lives until its input ends. */
async function keeper(): Promise<{ pid: number; end: () => void }> {
  const child = spawn('unshare', ['-n', 'cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.write('\n');
  await once(child.stdout, 'data');
  return { pid: child.pid ?? 0, end: () => child.stdin.end() };
}

/** Makes the bridges of a world, and for the first machines of its first and last domain a namespace each. */
export async function bedOf(desired: Desired): Promise<Bed> {
  const [host, one, other] = await Promise.all([keeper(), keeper(), keeper()]);
  const enter = ['nsenter', `--net=${spaceOf(host.pid)}`, '--'];
  const ends = [
    { domain: desired.domains[0], pid: one.pid },
    { domain: desired.domains.at(-1), pid: other.pid },
  ];
  const lines = desired.domains.flatMap(({ network: { name, gateway } }) => [
    `link add ${name} type bridge`,
    `address add ${gateway}/24 dev ${name}`,
    `link set ${name} up`,
  ]);
  for (const { domain, pid } of ends) {
    const machine = domain?.machines[0];
    const card = domain && machine && networkCard(domain, machine);
    if (!card) continue;
    const { host_name: port = '', hwaddr = '' } = card;
    lines.push(
      `link add ${port} type veth peer name eth0 address ${hwaddr} netns ${pid}`,
      `link set ${port} master ${domain.network.name} up`,
    );
  }
  const batch = (words: readonly string[], text: readonly string[]) =>
    timed(['sh', '-c', `${words.join(' ')} ip -batch - <<'END'\n${text.join('\n')}\nEND`]);
  await batch(enter, lines);
  await timed([...enter, 'sysctl', '-qw', 'net.ipv4.ip_forward=1']);
  for (const { domain, pid } of ends)
    await batch(
      ['nsenter', `--net=${spaceOf(pid)}`, '--'],
      [
        'link set lo up',
        `address add ${domain?.machines[0]?.ip}/24 dev eth0`,
        'link set eth0 up',
        `route add default via ${domain?.network.gateway}`,
      ],
    );
  return {
    host: { enter, proc: '/proc' },
    members: [spaceOf(one.pid), spaceOf(other.pid)],
    close: async () => {
      for (const { end } of [host, one, other]) end();
    },
  };
}

/** What a host without maps would have: connections that stand, then a rule for each ordered pair of bridges. */
export function linearRules({ domains }: Desired): string {
  const names = domains.map(({ network }) => network.name);
  const [first, last] = [names[0], names.at(-1)];
  const pairs = names.flatMap((from) =>
    names.filter((to) => to !== from).map((to) => [from, to] as const),
  );
  const drops = pairs
    .filter(([from, to]) => !(from === first && to === last) && !(from === last && to === first))
    .map(([from, to]) => `iifname "${from}" oifname "${to}" counter drop`);
  return [
    'table inet linear {',
    'chain forward {',
    'type filter hook forward priority -1; policy accept;',
    ...drops,
    '}',
    '}',
    '',
  ].join('\n');
}

export interface Measured {
  /** Datagrams a second, sent and received. */
  readonly packets: number;
  /** Microseconds for a datagram and its answer. */
  readonly trip: number;
}

/** One process that measures again and again, so that only the way differs. */
export function meter(): {
  measure: (bed: Bed, address: string, seconds: number) => Promise<Measured>;
  end: () => void;
} {
  const script = fileURLToPath(new URL('traffic.py', import.meta.url));
  const child = spawn('python3', ['-I', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    measure: async ({ members: [from, to] }, address, seconds) => {
      child.stdin.write(`${JSON.stringify({ from, to, address, port: 7000, seconds })}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error('the meter ended');
      return JSON.parse(value) as Measured;
    },
    end: () => child.stdin.end(),
  };
}
