import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { type ProbeMachine, removeRules } from '../../../src/isolation/index.ts';
import { incusCli, inSandbox, uniqueName } from '../support.ts';
import { type Beyond, createOutside } from './outside.ts';
import { createWorld, deployWorld, removeWorld, sandboxHost } from './real-world.ts';
import { desiredWorld } from './world.ts';

const tag = uniqueName('k');
const [a, b, c] = [`${tag}a`, `${tag}b`, `${tag}c`];
const desired = desiredWorld(
  77,
  [
    { name: a, machines: [`${a}-1`, `${a}-2`], ipv6: true },
    { name: b, machines: [`${b}-1`, `${b}-2`], ipv6: true },
    { name: c, machines: [`${c}-1`], ipv6: true, internet: false },
  ],
  [
    { from: `${a}-1`, to: `${b}-1`, protocol: 'udp', ports: [7000, 7001] },
    { from: a, to: `${b}-2`, ports: [8080] },
    { from: `${a}-2`, to: b, protocol: 'any' },
    { from: `${a}-1`, to: 'host', ports: [3142] },
  ],
);
const outsideName = uniqueName('beyond');

interface Conversation {
  readonly name: string;
  readonly protocol: 'udp' | 'tcp' | 'icmp';
  readonly client: string;
  readonly server: string;
  readonly from: string;
  readonly to: string;
  readonly port?: number;
  readonly seen?: string;
  readonly question?: string;
}
type Arrival = readonly [
  forger: string,
  source: string,
  conversation: string,
  target: string,
  type: number,
  code: number,
  where: string,
];
interface Forged {
  readonly sent: number;
  readonly clients: Readonly<Record<string, string>>;
  readonly arrived: readonly Arrival[];
}

/** A question for a name, as a resolver reads it. */
const QUESTION = '\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x01x\0\0\x01\0\x01';
const is6 = (address: string): boolean => address.includes(':');

describe('conversations across the walls', () => {
  let machines: readonly ProbeMachine[] = [];
  let outside: Beyond;
  let conversations: readonly Conversation[] = [];
  const machine = (name: string): ProbeMachine => {
    const found = machines.find((one) => one.name === name);
    if (!found) throw new Error(`no machine ${name}`);
    return found;
  };
  const both = ({ ip, ip6 = '' }: ProbeMachine): readonly string[] => [ip, ip6];
  const gateways = (name: string): readonly string[] => {
    const network = desired.domains.find((domain) => domain.name === name)?.network;
    return [network?.gateway ?? '', network?.ipv6?.gateway ?? ''];
  };
  const hostSpace = () => `/proc/${inject('holder')}/ns/net`;
  const macOf = async (link: string): Promise<string> => {
    const [only] = JSON.parse(await inSandbox('ip', '-j', 'link', 'show', link)) as {
      address: string;
    }[];
    return only?.address ?? '';
  };
  const python = (script: string, input: unknown): Promise<string> =>
    run(['python3', '-I', fileURLToPath(new URL(script, import.meta.url))], {
      input: JSON.stringify(input),
    }).then(({ stdout }) => stdout);
  const inSpace = (space: string, code: string, ...args: string[]): Promise<string> =>
    run(['nsenter', `--net=${space}`, '--', 'python3', '-I', '-c', code, ...args]).then(
      ({ stdout }) => stdout.trim(),
    );

  /** One of each kind, in both families. */
  function allConversations(): Conversation[] {
    const [one = '', two = '', three = '', four = '', lone = ''] = machines.map(({ name }) => name);
    return [0, 1].flatMap((family): Conversation[] => {
      const at = (name: string): string => both(machine(name))[family] ?? '';
      const gateway = (domain: string): string => gateways(domain)[family] ?? '';
      const beyond = family ? outside.address6 : outside.address;
      const seen = family ? outside.host6 : outside.host;
      const ask = { protocol: 'udp', server: 'host', port: 53, question: QUESTION } as const;
      const out = { server: 'outside', to: beyond, seen } as const;
      const from = (client: string) => ({ client, from: at(client) });
      const to = (server: string) => ({ server, to: at(server) });
      const list: readonly Conversation[] = [
        { name: 'udp by policy', protocol: 'udp', ...from(one), ...to(three), port: 7000 },
        { name: 'tcp by policy', protocol: 'tcp', ...from(one), ...to(four), port: 8080 },
        { name: 'ping by policy', protocol: 'icmp', ...from(two), ...to(three) },
        { name: 'any by policy', protocol: 'udp', ...from(two), ...to(three), port: 9999 },
        { name: 'inside', protocol: 'udp', ...from(one), ...to(two), port: 5555 },
        { name: 'out', protocol: 'udp', ...from(one), ...out, port: 6000 + family },
        { name: 'out by tcp', protocol: 'tcp', ...from(two), ...out, port: 6010 + family },
        { name: 'out of b', protocol: 'udp', ...from(three), ...out, port: 6020 + family },
        { name: 'names', ...ask, ...from(three), to: gateway(b) },
        { name: 'names of c', ...ask, ...from(lone), to: gateway(c) },
        {
          ...{ name: 'service of the host', protocol: 'tcp', ...from(one), port: 3142 },
          ...{ server: 'host', to: gateway(a) },
        },
        {
          ...{ name: 'from the host', protocol: 'udp', client: 'host', from: gateway(b) },
          ...{ ...to(three), port: 5001 },
        },
      ];
      return list.map((each) => ({ ...each, name: `${each.name}, IPv${family ? 6 : 4}` }));
    });
  }

  /** Everybody forges errors about everybody's conversations. */
  async function forged(kinds?: readonly (readonly number[])[]): Promise<Forged> {
    const spaces = Object.fromEntries(machines.map(({ name, netns }) => [name, netns]));
    const forgers = machines.map(async (one) => ({
      space: one.name,
      gateway: await macOf(one.bridge),
      addresses: [...both(one), ...gateways(one.domain)],
    }));
    const beyond = {
      space: 'outside',
      gateway: await macOf(outside.uplink),
      addresses: [outside.address, outside.address6],
    };
    const job = {
      spaces: { ...spaces, outside: outside.netns, host: hostSpace() },
      forgers: [...(await Promise.all(forgers)), beyond],
      conversations,
      ...(kinds && { kinds }),
    };
    return JSON.parse(await python('icmp_errors.py', job)) as Forged;
  }

  const conversation = (name: string): Conversation => {
    const found = conversations.find((one) => one.name === name);
    if (!found) throw new Error(`no conversation ${name}`);
    return found;
  };
  /** Said by an end to the other, or from beyond about what went there. */
  const isRightful = ([forger, source, name, target, type, , where]: Arrival): boolean => {
    const { client, server, from, to, seen } = conversation(name);
    // The host turns round what came from beyond and goes there, and tells a sender of a shorter way by quoting it.
    if (where === forger) return true;
    // A redirect of IPv6 that came over a router is none: no kernel reads it.
    if (forger === 'outside' && where === 'host' && type === 137) return true;
    const isError = (is6(target) ? [1, 2, 3, 4] : [3, 11, 12]).includes(type);
    const [end, address, other] =
      target === from || target === seen ? [server, to, client] : [client, from, server];
    return isError && forger === end && source === address && where === other;
  };

  beforeAll(async () => {
    outside = await createOutside(outsideName, 102, 77);
    machines = await createWorld(desired);
    conversations = allConversations();
    await deployWorld(desired);
  });
  afterAll(async () => {
    await removeRules(sandboxHost());
    await removeWorld(desired);
    await inSandbox('ip', 'netns', 'delete', outsideName);
  });

  const LEGITIMATE = [
    ...[3, 11, 12].map((type) => [4, type, 0]),
    ...[
      [4, 3, 3],
      [4, 3, 4],
    ],
    ...[1, 2, 3, 4].map((type) => [6, type, 0]),
    [6, 1, 4],
  ];
  it('B06-01: what the ends of an allowed conversation say arrives, to both, in both families', async () => {
    const { arrived } = await forged(LEGITIMATE);
    expect(arrived.filter((one) => !isRightful(one))).toEqual([]);
    // Each end says five things to the other; what comes back to where it was sent from never left.
    const ends = conversations.flatMap(({ name, client, server }) =>
      [client, server].filter((end) => end !== 'host').map((end) => [name, end] as const),
    );
    const heard = ends.map(([name, end]) => {
      const said = arrived.filter((one) => one[2] === name && one[0] === end && one[6] !== end);
      return [name, end, said.length];
    });
    expect(heard).toEqual(ends.map(([name, end]) => [name, end, 5]));
  });

  it.each(['0', '1'])(
    'B06-01, P08-01: of all others none arrives, whoever forges them (br_netfilter %s)',
    async (on) => {
      const keys = ['iptables', 'ip6tables'].map((one) => `net.bridge.bridge-nf-call-${one}`);
      const before = await Promise.all(keys.map((key) => inSandbox('sysctl', '-n', key)));
      await inSandbox('sysctl', '-qw', ...keys.map((key) => `${key}=${on}`));
      try {
        const { sent, arrived } = await forged();
        expect(sent).toBeGreaterThan(10_000);
        expect(arrived.filter((one) => !isRightful(one))).toEqual([]);
        expect(arrived.length).toBeGreaterThan(100);
      } finally {
        const back = keys.map((key, at) => `${key}=${before[at]?.trim()}`);
        await inSandbox('sysctl', '-qw', ...back);
      }
    },
  );

  it('B06-01: a program hears from the kernel beyond a wall that nobody listens there', async () => {
    const refused =
      "import socket,sys\nfor at, port in zip(sys.argv[1::2], sys.argv[2::2]):\n s = socket.socket(socket.AF_INET6 if ':' in at else socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(3); s.connect((at, int(port))); s.send(b'x')\n try: s.recv(9)\n except ConnectionRefusedError: print('refused')\n except TimeoutError: print('silent')";
    const there = both(machine(`${b}-1`)).flatMap((address) => [address, '7001']);
    const beyond = [outside.address, outside.address6].flatMap((address) => [address, '9']);
    const said = await inSpace(machine(`${a}-1`).netns, refused, ...there, ...beyond);
    expect(said.split('\n')).toEqual(Array(4).fill('refused'));
  });

  it('B06-13: what a policy opens keeps its address, and what goes out takes that of the host', async () => {
    const { clients } = await forged([]);
    for (const { name, from, seen, protocol, question } of conversations)
      if (protocol !== 'icmp' && question === undefined)
        expect([name, clients[name]]).toEqual([name, seen ?? from]);
    const log = inSpace(
      machine(`${b}-2`).netns,
      "import socketserver\nclass H(socketserver.BaseRequestHandler):\n def handle(self): print(self.client_address[0])\nsocketserver.TCPServer.allow_reuse_address = True\ns = socketserver.TCPServer(('', 8080), H); s.timeout = 20; s.handle_request()",
    );
    const dial = `until nc -w 1 ${machine(`${b}-2`).ip} 8080 </dev/null; do sleep 0.1; done`;
    await incusCli('exec', `${a}-2`, '--', 'timeout', '15', 'sh', '-c', dial);
    expect(await log).toBe(machine(`${a}-2`).ip);
  });

  it('P18a-03: all ports without a protocol opens every protocol, and nothing to others', async () => {
    const listen =
      "import socket,select,sys,time\nall = [socket.socket(socket.AF_INET, socket.SOCK_RAW, n) for n in (47, 50, 88)]\nprint('ready', flush=True)\nend = time.time() + 3\nfound = set()\nwhile time.time() < end and len(found) < int(sys.argv[1]):\n for one in select.select(all, [], [], 0.1)[0]:\n  data = one.recv(99); found.add((socket.inet_ntoa(data[12:16]), data[9]))\nprint(*sorted(f'{a} {n}' for a, n in found), sep='\\n')";
    const send =
      "import socket,sys,time\nfor _ in range(20):\n for n in (47, 50, 88): socket.socket(socket.AF_INET, socket.SOCK_RAW, n).sendto(b'x' * 20, (sys.argv[1], 0))\n time.sleep(0.1)";
    const target = machine(`${b}-1`);
    const heard = inSpace(target.netns, listen, '6');
    await Promise.all(
      [`${a}-1`, `${a}-2`, `${c}-1`].map((name) => inSpace(machine(name).netns, send, target.ip)),
    );
    const numbers = [47, 50, 88].map((number) => `${machine(`${a}-2`).ip} ${number}`);
    expect((await heard).split('\n').slice(1)).toEqual(numbers);
  });

  /** A connection of a machine's own, asked for by its own program. */
  const connects = (from: string, address: string, port: number): Promise<string> =>
    inSpace(
      machine(from).netns,
      "import socket,sys; s = socket.create_connection((sys.argv[1], int(sys.argv[2])), 5); print('open')",
      address,
      String(port),
    ).catch(() => 'closed');
  /** Servers that take whatever comes until they are aborted. */
  const serving = async (space: string, ports: readonly number[], work: () => Promise<void>) => {
    const server = spawn('nsenter', [
      ...[`--net=${space}`, '--', 'python3', '-I', '-c'],
      "import socket,sys\nall = [socket.create_server(('', int(p)), family=socket.AF_INET6, dualstack_ipv6=True, backlog=99) for p in sys.argv[1:]]\nprint('ready', flush=True)\nsys.stdin.read()",
      ...ports.map(String),
    ]);
    try {
      await once(server.stdout, 'data');
      await work();
    } finally {
      server.stdin.end();
      await once(server, 'close');
    }
  };
  const neighbours = async (link: string): Promise<number> => {
    const found = await inSandbox('ip', '-6', 'neigh', 'show', 'dev', link);
    return found.split('\n').filter((line) => line !== '').length;
  };
  const tracked = async (): Promise<number> =>
    Number(await inSandbox('sysctl', '-n', 'net.netfilter.nf_conntrack_count'));

  it('B06-11: one machine with an accomplice cannot use up the table of conversations', async () => {
    const attacker = machine(`${a}-1`);
    // Both kernels would refuse what they know nothing of.
    const quiet =
      'table ip quiet {\nchain out {\ntype filter hook output priority 0; policy accept;\ntcp flags & rst == rst drop\n}\n}\n';
    for (const space of [attacker.netns, outside.netns])
      await run(['nsenter', `--net=${space}`, '--', 'nft', '-f', '-'], { input: quiet });
    const before = await tracked();
    await serving(outside.netns, [7100], async () => {
      const job = {
        machine: attacker.netns,
        accomplice: outside.netns,
        ...{ address: attacker.ip, other: outside.address, count: 30_000, from: 20_000 },
        gateway: await macOf(attacker.bridge),
        uplink: await macOf(outside.uplink),
      };
      const { sent, answered, seconds } = JSON.parse(await python('half_real.py', job)) as {
        sent: number;
        answered: number;
        seconds: number;
      };
      const used = (await tracked()) - before;
      console.info(`${answered} of ${sent} connections in ${seconds} s; ${used} are remembered`);
      expect(answered).toBeGreaterThan(10_000);
      expect(used).toBeLessThan(17_000);
      // It has itself to blame; its neighbour, other domains and the host go on.
      for (const name of [`${a}-2`, `${b}-1`])
        expect([name, await connects(name, outside.address, 7100)]).toEqual([name, 'open']);
    });
    await serving(machine(`${b}-2`).netns, [8080], async () => {
      expect(await connects(`${a}-2`, machine(`${b}-2`).ip, 8080)).toBe('open');
    });
    const counted = await inSandbox('nft', 'list', 'chain', 'inet', 'anklume', 'opened');
    expect(counted).toMatch(
      /packets [1-9]\d+ .*"connection-limit: a machine with too many connections"/,
    );
    for (const space of [attacker.netns, outside.netns])
      await run(['nsenter', `--net=${space}`, '--', 'nft', 'delete', 'table', 'ip', 'quiet']);
  });

  it('B06-11: a connection that says nothing is forgotten in hours, not days', async () => {
    const watch = [
      'table inet watch {\nchain forward {\ntype filter hook forward priority 10; policy accept;',
      `iifname "net-${a}" meta l4proto tcp ct state established ct expiration > 3h counter comment "days"`,
      `iifname "net-${a}" meta l4proto tcp ct state established ct expiration > 1h counter comment "hours"`,
      '}\n}\n',
    ].join('\n');
    const host = sandboxHost();
    await run([...host.enter, 'nft', '-f', '-'], { input: watch });
    await serving(outside.netns, [7100], async () => {
      for (const address of [outside.address, outside.address6])
        expect(await connects(`${a}-2`, address, 7100)).toBe('open');
    });
    const seen = await inSandbox('nft', 'list', 'table', 'inet', 'watch');
    await inSandbox('nft', 'delete', 'table', 'inet', 'watch');
    expect(seen).toMatch(/packets 0 .*"days"/);
    expect(seen).toMatch(/packets [1-9].*"hours"/);
  });

  it('B06-11: one machine has the host look for few neighbours, and reaches those that there are', async () => {
    const scan =
      "import socket,sys,time\ns = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)\nfor _ in range(2):\n for n in range(600):\n  try: s.sendto(b'x', (sys.argv[1] + '%x' % (4096 + n), 9))\n  except OSError: pass\n time.sleep(0.3)";
    const from = machine(`${a}-2`).netns;
    const network = (address: string): string => address.replace(/[^:]*$/, '');
    await inSpace(from, scan, network(outside.address6));
    const [beyond, inside] = [await neighbours(outside.uplink), await neighbours(`net-${b}`)];
    expect(beyond).toBeGreaterThan(20);
    expect(beyond).toBeLessThan(300);
    await inSpace(from, scan, network(machine(`${b}-1`).ip6 ?? ''));
    const there = (await neighbours(`net-${b}`)) - inside;
    console.info(`of 600 addresses each, ${beyond} are looked for outside, ${there} in a domain`);
    expect(there).toBeLessThan(300);
    await serving(machine(`${b}-1`).netns, [9090], async () => {
      expect(await connects(`${a}-2`, machine(`${b}-1`).ip6 ?? '', 9090)).toBe('open');
    });
  });
});
