import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import {
  deployRules,
  networkStatus,
  type ProbeMachine,
  type Proof,
  prove,
  readRules,
  removeRules,
} from '../../../src/isolation/index.ts';
import { loadedRules } from '../loaded-rules.ts';
import { inSandbox, uniqueName } from '../support.ts';
import {
  createWorld,
  deployWorld,
  otherRules,
  pings,
  removeWorld,
  sandboxHost,
  underFlood,
} from './real-world.ts';
import { desiredWorld } from './world.ts';

const tag = uniqueName('w');
const [adm, pro, perso, lab] = [`${tag}a`, `${tag}b`, `${tag}c`, `${tag}d`];
const machinesOf = (domain: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${domain}-${index + 1}`);
const desired = desiredWorld(
  71,
  [
    { name: adm, machines: machinesOf(adm, 5) },
    { name: pro, machines: machinesOf(pro, 6) },
    { name: perso, machines: machinesOf(perso, 5) },
    { name: lab, machines: machinesOf(lab, 6), internet: false },
  ],
  [
    { from: perso, to: `${pro}-1`, ports: [8080, 9090] },
    { from: adm, to: pro, bidirectional: true },
    { from: `${lab}-1`, to: 'host', ports: [3142] },
    { from: 'host', to: lab, ports: [22] },
    { from: `${pro}-2`, to: perso, protocol: 'udp', ports: [51820] },
    { from: `${pro}-3`, to: `${lab}-3`, protocol: 'any' },
  ],
);
const bridge = (domain: string): string => `net-${domain}`;
const failures = (proof: Proof): string[] => proof.mismatches.map(({ text }) => text.en);

describe('the walls of a real host', () => {
  let machines: ProbeMachine[] = [];
  let foreign = '';
  const proof = (): Promise<Proof> => prove(desired, machines, sandboxHost());
  const address = (name: string): string => machines.find((one) => one.name === name)?.ip ?? '';
  /** Breaks the loaded rules by hand, has it proved, and deploys again. */
  const afterBreaking = async (...nft: string[]): Promise<Proof> => {
    await inSandbox('nft', ...nft);
    const broken = await proof();
    expect(await deployWorld(desired)).toBe(true);
    return broken;
  };
  const handleOf = async (chain: string, code: string): Promise<string> => {
    const list = await inSandbox('nft', '-a', 'list', 'chain', 'inet', 'anklume', chain);
    const line = list.split('\n').find((one) => one.includes(`comment "${code}: `));
    return line?.match(/# handle (\d+)/)?.[1] ?? 'none';
  };

  beforeAll(async () => {
    machines = await createWorld(desired);
    await removeRules(sandboxHost());
    foreign = await otherRules();
  });
  afterAll(async () => {
    await removeRules(sandboxHost());
    await removeWorld(desired);
  });

  it('P08-01: without rules domains reach each other, and the proof says so', async () => {
    expect(await pings(`${adm}-1`, address(`${lab}-1`))).toBe(true);
    const found = await proof();
    expect(found.holds).toBe(false);
    const cell = { from: `${adm}-1`, to: `${lab}-1`, protocol: 'icmp', measured: 'open' };
    expect(found.mismatches).toContainEqual(expect.objectContaining(cell));
  });

  // Matrix: NI-101
  it('P08-01, P16-07: with rules every pair is as the policies say', async () => {
    expect(await deployWorld(desired)).toBe(true);
    const found = await proof();
    expect(failures(found)).toEqual([]);
    expect(found.holds).toBe(true);
    expect(found.lost).toBe(0);
    expect(found.counts.open).toBeGreaterThan(500);
    expect(found.counts.closed).toBeGreaterThan(1000);
  });

  it('P08-01, P08-02: what ping says inside the machines agrees', async () => {
    expect(await pings(`${adm}-1`, address(`${adm}-2`))).toBe(true);
    expect(await pings(`${adm}-1`, '10.71.0.254')).toBe(true);
    expect(await pings(`${adm}-1`, '10.71.1.254')).toBe(false);
    expect(await pings(`${adm}-1`, address(`${pro}-1`))).toBe(false);
    expect(await pings(`${lab}-1`, address(`${adm}-1`))).toBe(false);
  });

  // Matrix: NI-102
  it('P08-04: deploying again changes nothing, and there is one table', async () => {
    const list = () => inSandbox('nft', '-j', '-s', 'list', 'ruleset');
    const before = await list();
    for (let i = 0; i < 2; i++) expect(await deployWorld(desired)).toBe(false);
    expect(await list()).toBe(before);
    const tables = await inSandbox('nft', 'list', 'tables');
    expect(tables.match(/^table (inet|bridge) anklume$/gm)).toHaveLength(2);
  });

  it('P08-07: hooks at -1 and drops there what Incus would accept', async () => {
    const objects = (await readRules(sandboxHost())) ?? [];
    const chain = objects.find((object) => object.chain?.name === 'forward')?.chain;
    expect(chain).toMatchObject({ hook: 'forward', prio: -1, type: 'filter' });
    const counted = await inSandbox('nft', 'list', 'chain', 'inet', 'anklume', 'between');
    const drops = counted.match(/counter packets (\d+) .* comment "inter-domain: /);
    expect(Number(drops?.[1])).toBeGreaterThan(0);
  });

  it('touches no table but its own', async () => {
    expect(await otherRules()).toBe(foreign);
  });

  // Matrix: PR-301
  it('an accept inserted by hand is found and undone', async () => {
    const pair = ['iifname', bridge(perso), 'oifname', bridge(lab)];
    const broken = await afterBreaking(
      ...['insert', 'rule', 'inet', 'anklume', 'between', ...pair, 'accept'],
    );
    expect(broken.holds).toBe(false);
    const named = broken.mismatches.map(({ from, to }) => `${from} ${to}`);
    expect(new Set(named).size).toBe(30);
    expect(named.every((ends) => ends.startsWith(perso) && ends.includes(` ${lab}`))).toBe(true);
    expect(failures(broken)[0]).toMatch(/domains are closed to each other, and no policy opens/);
    expect((await proof()).holds).toBe(true);
  });

  it('a missing last drop between domains is found', async () => {
    const handle = await handleOf('between', 'inter-domain');
    const broken = await afterBreaking(
      ...['delete', 'rule', 'inet', 'anklume', 'between', 'handle', handle],
    );
    const leak = { from: `${lab}-1`, to: `${adm}-1`, protocol: 'icmp', measured: 'open' };
    expect(broken.mismatches).toContainEqual(expect.objectContaining(leak));
  });

  it('a missing last drop before the host is found', async () => {
    const handle = await handleOf('host', 'host-closed');
    const broken = await afterBreaking(
      ...['delete', 'rule', 'inet', 'anklume', 'host', 'handle', handle],
    );
    const leak = { from: `${lab}-1`, to: `gateway:${adm}`, protocol: 'icmp', measured: 'open' };
    expect(broken.mismatches).toContainEqual(expect.objectContaining(leak));
  });

  it('a bridge missing from the set is found, and reported by the status', async () => {
    await inSandbox('nft', 'delete', 'element', 'inet', 'anklume', 'bridges', `{ ${bridge(lab)} }`);
    const status = await networkStatus(desired, sandboxHost());
    expect(status.state).toBe('stale');
    expect(status.domains.find(({ name }) => name === lab)?.covered).toBe(false);
    const broken = await proof();
    const leak = { from: `${lab}-2`, to: `gateway:${lab}`, protocol: 'tcp', port: 3142 };
    expect(broken.mismatches).toContainEqual(expect.objectContaining(leak));
    expect(await deployWorld(desired)).toBe(true);
  });

  // Matrix: PR-203
  it('a missing policy is found, with its number', async () => {
    const element = `{ ${bridge(perso)} . ${bridge(pro)} }`;
    const broken = await afterBreaking('delete', 'element', 'inet', 'anklume', 'pairs', element);
    const shut = { from: `${perso}-1`, to: `${pro}-1`, port: 8080, measured: 'closed', policy: 1 };
    expect(broken.mismatches).toContainEqual(expect.objectContaining(shut));
  });

  it('answers that do not come back are found', async () => {
    const tcp = ['iifname', bridge(pro), 'oifname', bridge(perso), 'tcp', 'sport', '8080'];
    const broken = await afterBreaking(
      ...['insert', 'rule', 'inet', 'anklume', 'forward', ...tcp, 'drop'],
    );
    const half = { from: `${perso}-1`, to: `${pro}-1`, port: 8080, measured: 'one-way' };
    expect(broken.mismatches).toContainEqual(expect.objectContaining(half));
  });

  it('P22-22: a domain that was added without a deploy is reported', async () => {
    const added = desiredWorld(71, [
      ...desired.domains.map(({ name }) => ({ name, machines: [] })),
      { name: 'later', machines: [] },
    ]);
    const status = await networkStatus(added, sandboxHost());
    expect(status.state).toBe('stale');
    expect(status.domains.filter(({ covered }) => !covered).map(({ name }) => name)).toEqual([
      'later',
    ]);
  });

  // Matrix: NI-302
  it('P08-09: a bad ruleset is refused and the old one stays', async () => {
    const before = await loadedRules('table', 'inet', 'anklume');
    const bad =
      'table inet anklume\ndelete table inet anklume\ntable inet anklume { chain x { jump nowhere } }\n';
    await expect(deployRules(bad, sandboxHost())).rejects.toMatchObject({ code: 'rules-refused' });
    expect(await loadedRules('table', 'inet', 'anklume')).toBe(before);
  });

  it('P08-09: a change leaves standing sets and maps where they are', async () => {
    const handles = async () =>
      (await readRules(sandboxHost()))?.flatMap(({ map, set }) => map?.handle ?? set?.handle ?? []);
    const before = await handles();
    expect(await deployWorld({ ...desired, policies: desired.policies.slice(1) })).toBe(true);
    // A set of ports goes with its policy, and comes back with it.
    const during = await handles();
    expect(await deployWorld(desired)).toBe(true);
    expect(during?.length).toBeGreaterThan(4);
    expect(before).toEqual(expect.arrayContaining(during ?? []));
    expect(await handles()).toEqual(expect.arrayContaining(during ?? []));
  });

  // Matrix: NI-201
  it('P08-09: two hundred replacements under constant traffic leak nothing and lose nothing', async () => {
    const fewer = { ...desired, policies: desired.policies.slice(1) };
    const counts = await underFlood(
      machines,
      [
        ['closed', `${lab}-1`, `${adm}-1`, 7000],
        ['closed, other way', `${adm}-1`, `${lab}-1`, 7000],
        ['same domain', `${adm}-2`, `${adm}-3`, 7000],
        ['policy', `${pro}-2`, `${perso}-1`, 51820],
        ['tcp by policy', `${adm}-4`, `${pro}-4`, 7070],
      ],
      async () => {
        for (let i = 0; i < 100; i++) {
          expect(await deployWorld(fewer)).toBe(true);
          expect(await deployWorld(desired)).toBe(true);
        }
      },
    );
    expect(counts.closed?.[0]).toBeGreaterThan(1000);
    expect(counts.closed?.[1]).toBe(0);
    expect(counts['closed, other way']?.[1]).toBe(0);
    expect(counts['same domain']?.[1]).toBe(counts['same domain']?.[0]);
    expect(counts.policy?.[1]).toBe(counts.policy?.[0]);
    expect(counts['tcp by policy']?.[1]).toBe(counts['tcp by policy']?.[0]);
  }, 600_000);

  it('B08-05: rules without codes, as earlier versions loaded them, are told and replaced without a gap', async () => {
    const tables = ['inet', 'bridge'].map((family) => `${family} anklume`);
    const coded = await Promise.all(
      tables.map((table) => inSandbox('nft', '-s', 'list', 'table', ...table.split(' '))),
    );
    const uncoded = coded.map((text) => text.replace(/comment "[a-z0-9-]+: /g, 'comment "'));
    expect(uncoded).not.toEqual(coded);
    const text = [...tables.map((table) => `delete table ${table}`), ...uncoded].join('\n');
    await run([...sandboxHost().enter, 'nft', '-f', '-'], { input: text });
    const before = await networkStatus(desired, sandboxHost());
    expect(before).toMatchObject({ state: 'stale', outdated: true, suffices: true });
    const counts = await underFlood(
      machines,
      [
        ['closed', `${lab}-1`, `${adm}-1`, 7000],
        ['tcp by policy', `${adm}-4`, `${pro}-4`, 7070],
      ],
      async () => {
        expect(await deployWorld(desired)).toBe(true);
      },
    );
    expect(counts.closed?.[0]).toBeGreaterThan(0);
    expect(counts.closed?.[1]).toBe(0);
    expect(counts['tcp by policy']?.[1]).toBe(counts['tcp by policy']?.[0]);
    const after = await networkStatus(desired, sandboxHost());
    expect(after).toMatchObject({ state: 'current', outdated: false });
  });

  // Matrix: NI-202
  it('a conversation that was open before the rules ends with them', async () => {
    await removeRules(sandboxHost());
    const streams = [['old', `${lab}-2`, `${adm}-2`, 7001]] as const;
    const early = await underFlood(machines, streams, async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
    });
    expect(early.old?.[1]).toBeGreaterThan(0);
    let sentBefore = 0;
    const counts = await underFlood(machines, streams, async () => {
      sentBefore = performance.now();
      await deployWorld(desired);
      sentBefore = performance.now() - sentBefore;
      await new Promise((resolve) => setTimeout(resolve, 3 * sentBefore));
    });
    const [sent = 0, received = 0] = counts.old ?? [];
    expect(received).toBeLessThan(sent / 2);
  });

  it('P08-08: with br_netfilter the rules leave the inside of a domain alone', async () => {
    const bridged = (value: string) =>
      inSandbox('sysctl', '-qw', `net.bridge.bridge-nf-call-iptables=${value}`);
    const before = await inSandbox('sysctl', '-n', 'net.bridge.bridge-nf-call-iptables');
    await bridged('1');
    try {
      expect(failures(await proof())).toEqual([]);
      const handle = await handleOf('within', 'intra-domain');
      const broken = await afterBreaking(
        ...['delete', 'rule', 'inet', 'anklume', 'within', 'handle', handle],
      );
      const shut = { from: `${adm}-1`, to: `${adm}-2`, protocol: 'icmp', measured: 'closed' };
      expect(broken.mismatches).toContainEqual(expect.objectContaining(shut));
    } finally {
      await bridged(before.trim());
    }
  });

  it('rules that tell the log load, and are recognised', async () => {
    const telling = { ...desired, logDrops: true };
    expect(await deployWorld(telling)).toBe(true);
    expect(await deployWorld(telling)).toBe(false);
    expect(await pings(`${adm}-1`, address(`${lab}-1`))).toBe(false);
    const counted = await inSandbox('nft', 'list', 'chain', 'inet', 'anklume', 'between');
    expect(counted).toContain('log prefix "anklume inter-domain: "');
    expect(await deployWorld(desired)).toBe(true);
  });

  it('takes its table away again, and only that', async () => {
    expect(await removeRules(sandboxHost())).toBe(true);
    expect(await removeRules(sandboxHost())).toBe(false);
    expect(await otherRules()).toBe(foreign);
    expect((await networkStatus(desired, sandboxHost())).state).toBe('absent');
    expect(await deployWorld(desired)).toBe(true);
  });
});
