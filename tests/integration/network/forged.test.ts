import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { connect } from '../../../src/incus/index.ts';
import {
  type Forgery,
  type ProbeMachine,
  type Proof,
  probeTargets,
  prove,
  removeRules,
} from '../../../src/isolation/index.ts';
import { incusCli, inSandbox, uniqueName } from '../support.ts';
import { ask } from './asking.ts';
import { createWorld, deployWorld, removeWorld, sandboxHost } from './real-world.ts';
import { desiredWorld } from './world.ts';

const tag = uniqueName('f');
const names = ['a', 'b', 'c', 'd', 'e', 'g'].map((letter) => `${tag}${letter}`);
const [adm = '', pro = '', perso = '', lab = '', web = '', shut = ''] = names;
const desired = desiredWorld(
  73,
  [
    { name: adm, machines: [`${adm}-1`, `${adm}-2`] },
    { name: pro, machines: [`${pro}-1`, `${pro}-2`, `${pro}-3`] },
    { name: perso, machines: [`${perso}-1`, `${perso}-2`] },
    { name: lab, machines: [`${lab}-1`, `${lab}-2`], internet: false },
    { name: web, machines: [`${web}-1`, `${web}-2`], lan: false },
    { name: shut, machines: [`${shut}-1`] },
  ],
  [
    { from: perso, to: `${pro}-1`, ports: [8080] },
    { from: `${adm}-1`, to: lab, bidirectional: true },
    { from: `${lab}-1`, to: 'host', ports: [3142] },
    { from: 'host', to: lab, ports: [22] },
    { from: `${pro}-2`, to: `${web}-1`, protocol: 'udp', ports: [51820] },
    { from: web, to: shut, protocol: 'tcp' },
  ],
);

describe('what a machine forges', () => {
  let machines: readonly ProbeMachine[] = [];
  const proof = async (): Promise<Proof> => {
    const incus = await connect({ socket: inject('socket') });
    try {
      const found = await probeTargets(desired, incus, sandboxHost());
      return await prove(desired, found.machines, sandboxHost(), found);
    } finally {
      await incus.close();
    }
  };
  const machine = (name: string): ProbeMachine => {
    const found = machines.find((one) => one.name === name);
    if (!found) throw new Error(`no machine ${name}`);
    return found;
  };
  /** What the other script sees: the attacker of a domain against its neighbours. */
  const attack = async (): Promise<{ arrived: string[]; stolen: boolean }> => {
    const three = [`${pro}-1`, `${pro}-2`, `${pro}-3`].map(machine);
    const script = fileURLToPath(new URL('attacker.py', import.meta.url));
    const { stdout } = await run([
      ...['python3', '-I', script, ...three.map(({ netns }) => netns)],
      ...[...three.map(({ ip }) => ip), '10.73.1.254'],
    ]);
    return JSON.parse(stdout) as { arrived: string[]; stolen: boolean };
  };
  /** To which addresses of the bridges' own protocols a datagram reaches the host, at the gateway of another domain. */
  const heardByHost = async (): Promise<number[]> => {
    const { netns, ip } = machine(`${pro}-1`);
    const host = `/proc/${inject('holder')}/ns/net`;
    const script = fileURLToPath(new URL('past_bridge.py', import.meta.url));
    const { stdout } = await run(['python3', '-I', script, netns, host, ip, '10.73.0.254']);
    return JSON.parse(stdout) as number[];
  };
  const kinds = (found: Proof): Set<Forgery> =>
    new Set(
      found.forgeries.filter(({ verdict }) => verdict === 'mismatch').map(({ forged }) => forged),
    );
  const setCard = (name: string, ...keys: string[]) =>
    incusCli('config', 'device', 'set', name, 'eth0', ...keys);
  const dropRule = async (family: string, chain: string, code: string): Promise<void> => {
    const list = await inSandbox('nft', '-a', 'list', 'chain', family, 'anklume', chain);
    const line = list.split('\n').find((one) => one.includes(`comment "${code}: `));
    const handle = line?.match(/# handle (\d+)/)?.[1] ?? 'none';
    await inSandbox('nft', 'delete', 'rule', family, 'anklume', chain, 'handle', handle);
  };

  beforeAll(async () => {
    machines = await createWorld(desired);
    await removeRules(sandboxHost());
  });
  afterAll(async () => {
    await removeRules(sandboxHost());
    await removeWorld(desired);
  });

  it('without our rules a neighbour is deceived by DHCP answers, and its traffic stolen', async () => {
    const { arrived, stolen } = await attack();
    expect(arrived).toEqual(expect.arrayContaining(['honest', 'dhcp offer']));
    expect(stolen).toBe(true);
    expect(await heardByHost()).toContain(14);
    expect(kinds(await proof())).toEqual(new Set(['mac', 'dhcp', 'client', 'related']));
  });

  // Matrix: NI-301
  it('P08-01: with them, of everything that it tries only the honest frame arrives', async () => {
    expect(await deployWorld(desired)).toBe(true);
    expect(await attack()).toEqual({ arrived: ['honest'], stolen: false });
    expect(await heardByHost()).toEqual([]);
  });

  // Matrix: PR-101
  it('P08-01, P16-07: and the proof of twelve machines in six domains equals the model', async () => {
    const found = await proof();
    expect(found.mismatches.map(({ text }) => text.en)).toEqual([]);
    expect(found.deviations).toEqual([]);
    expect(found.holds).toBe(true);
    expect(new Set(found.forgeries.map(({ forged }) => forged)).size).toBe(9);
    const policies = found.forgeries.filter(({ forged, port }) => forged === 'address' && port);
    expect(policies.length).toBeGreaterThan(10);
  });

  // Matrix: PR-201
  it('B06-10: a card without the pin of Incus is found, and held by ours', async () => {
    await setCard(`${perso}-1`, 'security.ipv4_filtering=false');
    const found = await proof();
    expect(kinds(found)).toEqual(new Set());
    expect(found.deviations).toEqual([
      { place: `card of ${perso}-1`, change: 'missing', line: 'security.ipv4_filtering=true' },
    ]);
    await setCard(`${perso}-1`, 'security.ipv4_filtering=true');
  });

  it('a machine that declares no pins is told, not tried', async () => {
    const eth0 = { type: 'nic', network: `net-${perso}`, 'security.ipv4_filtering': 'false' };
    const loose = desired.domains.map((domain) => ({
      ...domain,
      machines: domain.machines.map((one) =>
        one.name === `${perso}-1` ? { ...one, devices: { eth0 } } : one,
      ),
    }));
    const found = await prove({ ...desired, domains: loose }, machines, sandboxHost());
    expect(found.exempt.map(({ machine: name }) => name)).toEqual([`${perso}-1`]);
    const tried = found.forgeries.filter(({ from }) => from === `${perso}-1`);
    expect(tried.map(({ forged }) => forged)).not.toContain('address');
  });

  it.each([
    ['guard', 'dhcp-server', ['dhcp']],
    // The lock on its address is on its MAC too.
    ['prerouting', 'not-own-mac', []],
    // The pins of Incus are the second lock, and are not there below.
    ['member', 'not-own-address', []],
  ] as const)(
    'a rule of the bridge that is gone is found and named: %s, %s',
    async (chain, code, leaks) => {
      await dropRule('bridge', chain, code);
      const found = await proof();
      expect([...kinds(found)]).toEqual(leaks);
      expect(found.deviations.map(({ line }) => line).join('\n')).toContain(`"${code}: `);
      expect(await deployWorld(desired)).toBe(true);
    },
  );

  describe('without the tables of Incus, which go when somebody empties nftables', () => {
    let saved = '';
    beforeAll(async () => {
      saved = await inSandbox('nft', '-s', 'list', 'table', 'bridge', 'incus');
      await inSandbox('nft', 'delete', 'table', 'bridge', 'incus');
      await inSandbox('nft', 'delete', 'table', 'inet', 'incus');
    });
    afterAll(async () => {
      await run([...(sandboxHost().enter ?? []), 'nft', '-f', '-'], { input: saved });
      // A network that is changed gets its rules again.
      for (const { network } of desired.domains)
        for (const nat of ['false', 'true'])
          await incusCli('network', 'set', network.name, `ipv4.nat=${nat}`);
    });

    it('B06-10: everything that is forged fails as before', async () => {
      expect(await attack()).toEqual({ arrived: ['honest'], stolen: false });
      const found = await proof();
      expect(kinds(found)).toEqual(new Set());
      expect(found.forgeries.length).toBeGreaterThan(100);
    });

    it.each([
      ['member', 'not-own-address', ['address']],
      ['member', 'not-own-arp', ['arp']],
    ] as const)('B06-10: it is our rule that holds it: %s, %s', async (chain, code, leaks) => {
      await dropRule('bridge', chain, code);
      expect([...kinds(await proof())]).toEqual(leaks);
      expect(await deployWorld(desired)).toBe(true);
    });

    it('B06-12: the host answers ARP for the gateway of the own domain alone', async () => {
      const { netns, ip } = machine(`${pro}-1`);
      const outside = (await inSandbox('ip', '-4', '-o', 'address', 'show', 'scope', 'global'))
        .split('\n')
        .flatMap((line) => / inet ([0-9.]+)/.exec(line)?.[1] ?? []);
      const addresses = ['10.73.1.254', ...outside.filter((one) => one !== '10.73.1.254')];
      expect(addresses.length).toBeGreaterThan(5);
      const asks = addresses.map((arp) => ({ arp, source: ip }));
      const replies = await ask(netns, '10.73.1.254', asks);
      expect(addresses.filter((_, at) => replies[at] !== null)).toEqual(['10.73.1.254']);
    });
  });

  it('B06-10: a machine asks for an address in nobody else’s name, however it says it', async () => {
    const [one, two] = [machine(`${pro}-1`), machine(`${pro}-2`)];
    const mac = await incusCli('config', 'device', 'get', `${pro}-2`, 'eth0', 'hwaddr');
    const chaddr = mac.trim();
    const counted = async () => {
      const list = await inSandbox('nft', 'list', 'chain', 'inet', 'anklume', 'dhcp');
      const found = /counter packets (\d+) .* drop comment "dhcp-others: /.exec(list);
      return Number(found?.[1]);
    };
    const before = await counted();
    const forged = [
      { dhcp: 1, chaddr },
      { dhcp: 3, chaddr, requested: two.ip },
      { dhcp: 4, chaddr, requested: two.ip },
      { dhcp: 7, chaddr, ciaddr: two.ip, source: one.ip },
      { dhcp: 8, chaddr, ciaddr: two.ip, source: one.ip },
      { dhcp: 1, chaddr: '06:00:00:00:00:01' },
      { dhcp: 1, chaddr, fragment: true },
    ];
    expect(await ask(one.netns, '10.73.1.254', forged)).toEqual(forged.map(() => null));
    // The one in pieces does not come so far.
    expect((await counted()) - before).toBe(forged.length - 1);
    expect(await ask(one.netns, '10.73.1.254', [{ dhcp: 1 }])).toEqual([
      { kind: 2, address: one.ip },
    ]);
    expect(await ask(two.netns, '10.73.1.254', [{ dhcp: 1 }])).toEqual([
      { kind: 2, address: two.ip },
    ]);
  });

  it('IPv6 that is let in is found; one of its two locks alone is named', async () => {
    await dropRule('bridge', 'guard', 'ipv6-off');
    await dropRule('bridge', 'guard', 'ethertype');
    const half = await proof();
    expect(kinds(half).size).toBe(0);
    expect(half.holds).toBe(false);
    expect(half.deviations).toHaveLength(2);
    await setCard(`${web}-1`, 'security.ipv6_filtering=false');
    expect(kinds(await proof())).toEqual(new Set(['ipv6', 'router']));
    await setCard(`${web}-1`, 'security.ipv6_filtering=true');
    expect(await deployWorld(desired)).toBe(true);
  });

  it('an accept for one unlikely port, which no probe tries, is named', async () => {
    const rule = ['iifname', `net-${perso}`, 'tcp', 'dport', '31999', 'accept'];
    await inSandbox('nft', 'insert', 'rule', 'inet', 'anklume', 'between', ...rule);
    const found = await proof();
    expect(found.mismatches).toEqual([]);
    expect(found.holds).toBe(false);
    expect(found.deviations).toEqual([
      expect.objectContaining({ change: 'added', line: expect.stringContaining('31999') }),
    ]);
    expect(await deployWorld(desired)).toBe(true);
    expect((await proof()).holds).toBe(true);
  });
});
