import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { networkSpec } from '../../../src/engine/index.ts';
import { connect } from '../../../src/incus/index.ts';
import {
  type ProbeMachine,
  type Proof,
  probeTargets,
  prove,
  removeRules,
} from '../../../src/isolation/index.ts';
import { incusCli, inSandbox, uniqueName } from '../support.ts';
import { type Ask, ask } from './asking.ts';
import { type Beyond, createOutside } from './outside.ts';
import { createWorld, deployWorld, otherRules, removeWorld, sandboxHost } from './real-world.ts';
import { desiredWorld } from './world.ts';

const tag = uniqueName('s');
const [six, seven, old] = [`${tag}a`, `${tag}b`, `${tag}c`];
const desired = desiredWorld(
  76,
  [
    { name: six, machines: [`${six}-1`, `${six}-2`, `${six}-3`], ipv6: true },
    { name: seven, machines: [`${seven}-1`, `${seven}-2`], ipv6: true, internet: false },
    { name: old, machines: [`${old}-1`] },
  ],
  [
    { from: six, to: `${seven}-1`, ports: [8080] },
    { from: `${seven}-2`, to: `${six}-1`, protocol: 'udp', ports: [51820], bidirectional: true },
    { from: `${seven}-1`, to: 'host', ports: [3142] },
    { from: old, to: six, ports: [9090] },
  ],
);
const outsideName = uniqueName('outside6');
let outside: Beyond;
describe('IPv6, where it is declared', () => {
  let machines: readonly ProbeMachine[] = [];
  let foreign = '';
  const proof = async (): Promise<Proof> => {
    const incus = await connect({ socket: inject('socket') });
    try {
      const found = await probeTargets(desired, incus, sandboxHost());
      return await prove(desired, found.machines, sandboxHost(), { ...found, outside });
    } finally {
      await incus.close();
    }
  };
  const machine = (name: string): ProbeMachine => {
    const found = machines.find((one) => one.name === name);
    if (!found) throw new Error(`no machine ${name}`);
    return found;
  };
  /** What `ping` inside a machine says: another way than the proof's probes. */
  const pings = (from: string, address = ''): Promise<boolean> =>
    incusCli('exec', from, '--', 'busybox', 'ping6', '-c', '2', '-W', '1', address).then(
      () => true,
      () => false,
    );
  const attack = async (): Promise<{ arrived: string[]; stolen: boolean }> => {
    const three = [`${six}-1`, `${six}-2`, `${six}-3`].map(machine);
    const script = fileURLToPath(new URL('attacker6.py', import.meta.url));
    const words = three.map(({ netns, ip6 }) => `${netns},${ip6}`);
    const { stdout } = await run(['python3', '-I', script, ...words, 'fd00:76::254']);
    return JSON.parse(stdout) as { arrived: string[]; stolen: boolean };
  };
  const dropRule = async (family: string, chain: string, code: string): Promise<void> => {
    const list = await inSandbox('nft', '-a', 'list', 'chain', family, 'anklume', chain);
    const line = list.split('\n').find((one) => one.includes(`comment "${code}: `));
    const handle = line?.match(/# handle (\d+)/)?.[1] ?? 'none';
    await inSandbox('nft', 'delete', 'rule', family, 'anklume', chain, 'handle', handle);
  };

  beforeAll(async () => {
    outside = await createOutside(outsideName, 101, 76);
    machines = await createWorld(desired);
    await removeRules(sandboxHost());
    foreign = await otherRules();
  });
  afterAll(async () => {
    await removeRules(sandboxHost());
    await removeWorld(desired);
    await inSandbox('ip', 'netns', 'delete', outsideName);
  });

  it('without our rules domains reach each other over IPv6, and the proof says so', async () => {
    expect(await pings(`${six}-1`, machine(`${seven}-2`).ip6)).toBe(true);
    const cell = { from: `${six}-1`, to: `${seven}-2`, protocol: 'icmp', family: 6 };
    expect((await proof()).mismatches).toContainEqual(
      expect.objectContaining({ ...cell, measured: 'open' }),
    );
  });

  // Matrix: NI-203
  it('P08-01, P16-07: with them both families are as the policies say', async () => {
    expect(await deployWorld(desired)).toBe(true);
    const found = await proof();
    expect(found.mismatches.map(({ text }) => text.en)).toEqual([]);
    expect(found.deviations).toEqual([]);
    expect(found.untested).toEqual([]);
    expect(found.holds).toBe(true);
    const sixth = found.cells.filter(({ family }) => family === 6);
    const open = sixth.filter(({ measured }) => measured === 'open');
    const pairs = new Set(open.map(({ from, to }) => `${from} ${to}`));
    const ways = (from: string, to: string) => pairs.has(`${from} ${to}`);
    expect(ways(`${six}-1`, `${six}-2`)).toBe(true);
    expect(ways(`${six}-2`, `${seven}-1`)).toBe(true);
    expect(ways(`${six}-2`, `${seven}-2`)).toBe(false);
    expect(ways(`${seven}-2`, `${six}-1`)).toBe(true);
    expect(ways(`${six}-1`, `${seven}-2`)).toBe(true);
    expect(ways(`${six}-1`, 'internet')).toBe(true);
    expect(ways(`${seven}-1`, 'internet')).toBe(false);
    expect(ways('internet', `${six}-1`)).toBe(false);
    expect(ways(`${six}-1`, `gateway:${six}`)).toBe(true);
    expect(ways(`${six}-1`, `gateway:${seven}`)).toBe(false);
    expect([...pairs].some((pair) => pair.includes(old))).toBe(false);
    const service = { from: `${six}-2`, to: `${seven}-1`, protocol: 'tcp' };
    expect(open).toContainEqual(expect.objectContaining({ ...service, port: 8080 }));
    expect(open).not.toContainEqual(expect.objectContaining({ ...service, port: 3142 }));
  });

  it('P08-04: deploying again changes nothing, and nothing but our tables was touched', async () => {
    expect(await deployWorld(desired)).toBe(false);
    expect(await otherRules()).toBe(foreign);
  });

  it('what ping inside the machines says agrees', async () => {
    expect(await pings(`${six}-1`, machine(`${six}-2`).ip6)).toBe(true);
    expect(await pings(`${six}-1`, 'fd00:76::254')).toBe(true);
    expect(await pings(`${six}-1`, 'fd00:76:0:1::254')).toBe(false);
    expect(await pings(`${six}-1`, machine(`${seven}-1`).ip6)).toBe(false);
    expect(await pings(`${six}-1`, outside.address6)).toBe(true);
    expect(await pings(`${seven}-1`, outside.address6)).toBe(false);
  });

  const own = ['honest', 'own advertisement', 'own question'];
  it('a machine with root inside gets nothing through but its own honest frames', async () => {
    expect(await attack()).toEqual({ arrived: own, stolen: false });
  });

  it('B06-10, B06-12: nobody gives back or refuses the address of a neighbour', async () => {
    const domain = desired.domains[0];
    const config = domain && networkSpec(domain, 'walls').wanted.config;
    const lines = `raw.dnsmasq=${config?.['raw.dnsmasq']}`;
    await incusCli('network', 'set', `net-${six}`, lines);
    const [one, two] = [machine(`${six}-1`), machine(`${six}-2`)];
    const asked = (space: string, ...asks: Ask[]) =>
      ask(space, '10.76.0.254', asks, 'fd00:76::254');
    const [duid, address] = ['00030001020000000002', two.ip6 ?? ''];
    const [offer] = await asked(two.netns, { dhcp6: 1, duid });
    expect(offer).toMatchObject({ kind: 2, address });
    const server = offer && typeof offer === 'object' && 'server' in offer ? offer.server : '';
    const lease = { duid, address, ...(server !== undefined && { server }) };
    expect(await asked(two.netns, { dhcp6: 3, ...lease })).toMatchObject([{ kind: 7, address }]);
    const answer = async () => (await asked(one.netns, { dns: `${six}-2.incus`, type: 28 }))[0];
    const known = await answer();
    expect(known).toMatchObject({ code: 0, answers: [expect.any(String)] });
    const forged = [8, 9].flatMap((dhcp6) => [
      { dhcp6, ...lease },
      { dhcp6, ...lease, relayed: true },
    ]);
    expect(await asked(one.netns, ...forged)).toEqual(forged.map(() => null));
    expect(await answer()).toEqual(known);
  });

  it('IPv6 that is given by hand to a domain without it leads nowhere', async () => {
    const hand = `fd00:76:0:2::`;
    await incusCli('network', 'set', `net-${old}`, `ipv6.address=${hand}254/64`, 'ipv6.nat=true');
    await incusCli('config', 'device', 'set', `${old}-1`, 'eth0', 'security.ipv6_filtering=false');
    const script = `echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad; ip -6 addr add ${hand}1/64 dev eth0; ip -6 route replace default via ${hand}254`;
    await incusCli('exec', `${old}-1`, '--', 'sh', '-c', script);
    for (const address of [`${hand}254`, machine(`${six}-1`).ip6, outside.address6])
      expect(await pings(`${old}-1`, address)).toBe(false);
    expect(await pings(`${six}-1`, `${hand}1`)).toBe(false);
    const found = await proof();
    expect(found.mismatches).toEqual([]);
    expect(found.deviations).toEqual([
      {
        place: `card of ${old}-1`,
        change: 'missing',
        line: 'security.ipv6_filtering=true',
      },
    ]);
    await incusCli('config', 'device', 'set', `${old}-1`, 'eth0', 'security.ipv6_filtering=true');
    await incusCli('network', 'set', `net-${old}`, 'ipv6.address=none');
    await incusCli('exec', `${old}-1`, '--', 'sh', '-c', `ip -6 addr del ${hand}1/64 dev eth0`);
  });

  it('a domain without internet that got it over IPv6 by hand is found', async () => {
    // Two locks: what is not online, and what may not see the local network.
    for (const words of [
      ['add', 'online'],
      ['delete', 'no_lan'],
    ] as const)
      await inSandbox(
        ...['nft', words[0], 'element', 'inet', 'anklume', words[1], `{ net-${seven} }`],
      );
    const leak = { from: `${seven}-1`, to: 'internet', family: 6, measured: 'open' };
    expect((await proof()).mismatches).toContainEqual(expect.objectContaining(leak));
    expect(await deployWorld(desired)).toBe(true);
  });

  it('an accept for IPv6 inserted by hand is found, with the pairs that it opens', async () => {
    const rule = ['iifname', `net-${six}`, 'meta', 'nfproto', 'ipv6', 'accept'];
    await inSandbox('nft', 'insert', 'rule', 'inet', 'anklume', 'between', ...rule);
    await inSandbox('nft', 'insert', 'rule', 'inet', 'anklume', 'host', ...rule);
    const found = await proof();
    const arrived = found.mismatches.filter(({ measured }) => measured !== 'closed');
    expect(arrived.length).toBeGreaterThan(0);
    for (const { from, family } of arrived) {
      expect(family).toBe(6);
      expect(from.startsWith(six)).toBe(true);
    }
    const targets = new Set(arrived.map(({ to }) => to));
    expect([...targets].sort()).toEqual(
      [`${seven}-1`, `${seven}-2`, `gateway:${seven}`, `gateway:${six}`].sort(),
    );
    expect(found.deviations).toHaveLength(2);
    expect(await deployWorld(desired)).toBe(true);
  });

  it.each([
    ['guard6', 'router-advert', [], 'router'],
    ['guard6', 'dhcp-server', ['dhcp'], undefined],
    ['member', 'not-own-address', [], 'address'],
  ] as const)(
    'a lock of the bridge that is gone is found and named: %s, %s',
    async (chain, code, alone, withoutPin) => {
      await dropRule('bridge', chain, code);
      const half = await proof();
      const kinds = (found: Proof) =>
        found.forgeries.filter(({ verdict }) => verdict === 'mismatch').map(({ forged }) => forged);
      expect([...new Set(kinds(half))]).toEqual(alone);
      expect(half.deviations.map(({ line }) => line).join('\n')).toContain(`"${code}: `);
      if (withoutPin) {
        // The pins of Incus are the second lock.
        const card = (value: string) =>
          incusCli(
            'config',
            'device',
            'set',
            `${six}-1`,
            'eth0',
            `security.ipv6_filtering=${value}`,
          );
        await card('false');
        expect(kinds(await proof())).toContain(withoutPin);
        await card('true');
      }
      expect(await deployWorld(desired)).toBe(true);
    },
  );

  it('B06-10: a card without the pin of Incus is named, and held by ours', async () => {
    const card = (value: string) =>
      incusCli('config', 'device', 'set', `${six}-1`, 'eth0', `security.ipv6_filtering=${value}`);
    await card('false');
    const found = await proof();
    expect(found.mismatches).toEqual([]);
    expect(found.deviations).toEqual([
      expect.objectContaining({ place: `card of ${six}-1`, change: 'missing' }),
    ]);
    await card('true');
    expect((await proof()).holds).toBe(true);
  });

  it('B06-10: without the tables of Incus everything that is forged fails as before', async () => {
    await inSandbox('nft', 'delete', 'table', 'bridge', 'incus');
    await inSandbox('nft', 'delete', 'table', 'inet', 'incus');
    expect(await attack()).toEqual({ arrived: own, stolen: false });
    const mismatches = (await proof()).forgeries.filter(({ verdict }) => verdict === 'mismatch');
    expect(mismatches).toEqual([]);
    // It is our rule that holds it.
    await dropRule('bridge', 'told6', 'neighbour-address');
    const leaks = (await proof()).forgeries.filter(({ verdict }) => verdict === 'mismatch');
    expect(new Set(leaks.map(({ forged }) => forged))).toEqual(new Set(['neighbour']));
  });
});
