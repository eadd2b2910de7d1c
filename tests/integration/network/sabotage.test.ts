import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import type { Proof, ProofFinding } from '../../../src/isolation/index.ts';
import { type TestProject, testProject } from '../cli/projects.ts';
import {
  anklume,
  clearAway,
  incusCli,
  incusQuery,
  inSandbox,
  type Outcome,
  resultOf,
  uniqueName,
} from '../support.ts';
import { createOutside } from './outside.ts';

const sandbox = ['--sandbox', inject('sandbox')];
const tag = uniqueName('sab');
const [p, q] = [`${tag}p`, `${tag}q`];
const beyond = `${tag}lan`;
const [p1, p2, p3, q1] = [`${p}-1`, `${p}-2`, `${p}-3`, `${q}-1`];

/** Two domains with a policy between them; `fewer`: without the last machine of the first. */
const infra = (fewer = false) => `project_name: ${tag}
global: { base_subnet: "10.231", default_os_image: probe }
domains:
  ${p}:
    subnet_id: 1
    trust_level: trusted
    ephemeral: true
    machines: { ${p1}: { ip: 10.231.1.1 }, ${p2}: { ip: 10.231.1.2 }${fewer ? '' : `, ${p3}: { ip: 10.231.1.3 }`} }
  ${q}:
    subnet_id: 2
    trust_level: untrusted
    ephemeral: true
    internet: false
    machines: { ${q1}: { ip: 10.231.2.1 } }
network_policies:
  - { description: web, from: ${p1}, to: ${q1}, ports: [80], protocol: tcp }
`;

describe('B06-14: the proof fails on each sabotage, and names it', () => {
  let project: TestProject;
  let table = 'anklume';
  const here = (...words: string[]): Promise<Outcome> =>
    anklume([...words, ...sandbox], { cwd: project.folder });
  const sync = (...words: string[]) => anklume(['sync', ...words], { cwd: project.folder });
  const prove = async (...words: string[]): Promise<{ code: number | null; proof: Proof }> => {
    const outcome = await here('prove', '--json', ...words);
    expect(outcome.stdout, outcome.stderr).toContain('"type":"proof"');
    return { code: outcome.code, proof: resultOf<Proof>(outcome) };
  };
  const told = (proof: Proof): string[] => [
    ...proof.findings.map(({ code, text }) => `${code}: ${text.en}`),
    ...proof.mismatches.map(({ text }) => `mismatch: ${text.en}`),
    ...proof.deviations.map(({ place, change, line }) => `${change}: ${place}: ${line}`),
    ...proof.untested.map(({ machine, reason }) => `untested: ${machine} ${reason.en}`),
  ];
  /** Exit 1, each of these named, and what is found with a way out. */
  const expectNamed = async (...patterns: RegExp[]): Promise<Proof> => {
    const { code, proof } = await prove();
    const lines = told(proof);
    for (const pattern of patterns) expect(lines).toContainEqual(expect.stringMatching(pattern));
    expect(proof.findings.filter(({ remedy }) => remedy.en === '' || remedy.fr === '')).toEqual([]);
    expect([code, proof.holds]).toEqual([1, false]);
    return proof;
  };
  const expectWhole = async (): Promise<void> => {
    const { code, proof } = await prove();
    expect(told(proof)).toEqual([]);
    expect(code).toBe(0);
  };
  const config = async (name: string) =>
    (
      await incusQuery<{ config: Record<string, string>; state?: { pid: number } }>(
        `/1.0/instances/${name}?project=${name.slice(0, -2)}`,
      )
    ).config;
  const portOf = async (name: string) => (await config(name))['volatile.eth0.host_name'] ?? '';
  /** Runs something in a machine's network alone, with the programs of the host. */
  const within = async (name: string, ...argv: string[]): Promise<string> => {
    const { pid } = await incusQuery<{ pid: number }>(
      `/1.0/instances/${name}/state?project=${name.slice(0, -2)}`,
    );
    return inSandbox('nsenter', '-t', String(pid), '-n', '--', ...argv);
  };
  const incus = (project: string, command: string, ...words: string[]) =>
    incusCli(command, '--project', project, ...words);

  beforeAll(async () => {
    project = await testProject(infra());
    const up = await here('up', '--proof', 'none');
    expect(up.code, up.stderr + up.stdout).toBe(0);
    expect(up.stdout).toContain('not verified');
    const status = await here('network', 'status', '--json');
    table = resultOf<{ table: string }>(status).table;
    await expectWhole();
  });
  afterAll(async () => {
    await clearAway(project.folder, [p, q]);
  });

  it('what takes packets elsewhere: a copy in netdev, a tc filter, programs of XDP and tcx', async () => {
    const [one, two, three] = await Promise.all([portOf(p1), portOf(q1), portOf(p3)]);
    const prober = fileURLToPath(new URL('../../../src/isolation/proof/prober', import.meta.url));
    const scriptOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
    const script = scriptOf('xdp.py');
    const hook = `{ type filter hook ingress device "${one}" priority 0; }`;
    await inSandbox('nft', 'add', 'table', 'netdev', tag);
    await inSandbox('nft', `add chain netdev ${tag} copy ${hook}`);
    await inSandbox('nft', `add rule netdev ${tag} copy dup to "${three}"`);
    await inSandbox('tc', 'qdisc', 'add', 'dev', two, 'clsact');
    const all = ['protocol', 'all', 'u32', 'match', 'u32', '0', '0'];
    const mirror = ['action', 'mirred', 'egress', 'mirror', 'dev', three];
    await inSandbox('tc', 'filter', 'add', 'dev', two, 'ingress', ...all, ...mirror);
    const enter = ['nsenter', '-t', String(inject('holder')), '-n', '--'] as const;
    await run([...enter, 'python3', '-I', '-B', script, prober, three]);
    const tcx = ['python3', '-I', '-B', scriptOf('tcx.py'), prober, one] as const;
    await run([...enter, ...tcx]);
    try {
      const named = [
        new RegExp(`^tc-filter: .*${two}.*mirred ${three}`),
        new RegExp(`^xdp-program: .*${three}`),
        new RegExp(`^tcx-program: .*tcx ingress.*${one}`),
      ];
      const status = resultOf<{ foreign: ProofFinding[] }>(
        await here('network', 'status', '--json'),
      );
      const lines = status.foreign.map(({ code, text }) => `${code}: ${text.en}`);
      for (const pattern of named) expect(lines).toContainEqual(expect.stringMatching(pattern));
      await expectNamed(
        new RegExp(`^strayed: .*also arrives at ${p3}`),
        new RegExp(`^foreign-chain: .*netdev ${tag} copy sends copies of our packets elsewhere`),
        ...named,
      );
    } finally {
      await inSandbox('nft', 'delete', 'table', 'netdev', tag);
      await inSandbox('tc', 'qdisc', 'del', 'dev', two, 'clsact');
      await inSandbox('ip', 'link', 'set', 'dev', three, 'xdpgeneric', 'off');
      await run([...enter, ...tcx, 'off']);
    }
  });

  it('machines that evade: one without its address, one that drops in its own output', async () => {
    await incus(p, 'exec', p2, '--', 'ip', 'addr', 'flush', 'dev', 'eth0');
    await within(q1, 'nft', 'add', 'table', 'inet', 'mute');
    const hook = '{ type filter hook output priority 0; policy drop; }';
    await within(q1, 'nft', `add chain inet mute out ${hook}`);
    try {
      const proof = await expectNamed(
        new RegExp(`^untested: ${p2} it does not have its address`),
        new RegExp(`^untested: ${q1} it blocks`),
      );
      // Their packets were put at the host's ends of their NICs instead, and the walls held them.
      expect(proof.mismatches).toEqual([]);
      const fromMute = proof.cells.filter(({ from, verdict }) => from === q1 && verdict === 'ok');
      expect(fromMute.length).toBeGreaterThan(5);
      expect((await prove('--allow-untested')).code).toBe(0);
    } finally {
      await within(q1, 'nft', 'delete', 'table', 'inet', 'mute');
      await incus(p, 'restart', '--force', p2);
    }
  });

  it('what was added to Incus by hand: NICs, machines, proxies, keys of networks, ports', async () => {
    const [ext, peer] = [`${tag.slice(0, 9)}x`, `${tag.slice(0, 9)}y`];
    await inSandbox('ip', 'link', 'add', 'name', ext, 'type', 'veth', 'peer', 'name', peer);
    await incusCli('network', 'set', `net-${p}`, `bridge.external_interfaces=${ext}`);
    await incusCli('network', 'set', `net-${q}`, 'raw.dnsmasq=dhcp-option=3,10.231.2.66');
    await incus(p, 'config', 'device', 'add', p1, 'eth7', 'nic', `network=net-${q}`);
    // What stands on an interface of the host, which nothing here is asked about.
    const [parent, far] = [`${tag.slice(0, 9)}m`, `${tag.slice(0, 9)}n`];
    await inSandbox('ip', 'link', 'add', 'name', parent, 'type', 'veth', 'peer', 'name', far);
    await inSandbox('ip', 'link', 'set', parent, 'up');
    const past: readonly [string, ...string[]][] = [
      ['mac', 'nictype=macvlan', `parent=${parent}`],
      ['led', 'nictype=routed', `parent=${parent}`, 'ipv4.address=10.77.0.5'],
      ['wire', 'nictype=p2p'],
    ];
    for (const [name, ...keys] of past)
      await incus(p, 'config', 'device', 'add', p2, name, 'nic', ...keys);
    const proxy = ['listen=tcp:127.0.0.1:7777', 'connect=tcp:198.51.100.7:80', 'bind=instance'];
    await incus(q, 'config', 'device', 'add', q1, 'way', 'proxy', ...proxy);
    const place = ['--storage', 'default', '--network', `net-${q}`];
    await incusCli('launch', 'probe', `${tag}-hand`, '--quiet', ...place);
    try {
      await expectNamed(
        new RegExp(`^network-key: net-${p}: bridge.external_interfaces`),
        new RegExp(`^network-key: net-${q}: raw.dnsmasq`),
        new RegExp(`^unknown-port: ${ext} is a port of net-${p}`),
        /^foreign-nic: .*eth7/,
        new RegExp(`^foreign-nic: .*${p2}.*mac.*\\(macvlan\\)`),
        new RegExp(`^foreign-nic: .*${p2}.*led.*\\(routed\\)`),
        new RegExp(`^foreign-nic: .*${p2}.*wire.*\\(p2p\\)`),
        new RegExp(`^proxy: .*way leads out of ${q1}.*internet: false`),
        new RegExp(`^machine-by-hand: ${tag}-hand .*net-${q}`),
      );
    } finally {
      await incusCli('delete', '--force', `${tag}-hand`);
      await incus(q, 'config', 'device', 'remove', q1, 'way');
      await incus(p, 'config', 'device', 'remove', p1, 'eth7');
      for (const [name] of past) await incus(p, 'config', 'device', 'remove', p2, name);
      await inSandbox('ip', 'link', 'delete', parent);
      await incusCli('network', 'unset', `net-${p}`, 'bridge.external_interfaces');
      await inSandbox('ip', 'link', 'delete', ext);
      await here('apply', '--yes');
    }
  });

  it('what a machine does inside ends no proof; links elsewhere, and the name of a NIC of a stopped machine, are named', async () => {
    const [inner, far] = [`${tag.slice(0, 9)}i`, `${tag.slice(0, 9)}j`];
    const { pid } = await incusQuery<{ pid: number }>(`/1.0/instances/${p1}/state?project=${p}`);
    const inside = ['nsenter', '-t', String(pid), '-n', '--'] as const;
    const sleeper = (
      await inSandbox(...inside, ...['sh', '-c', 'unshare -n sleep 600 >/dev/null 2>&1 & echo $!'])
    ).trim();
    await inSandbox(...inside, 'ip', 'link', 'add', inner, 'type', 'veth', 'peer', 'name', far);
    await inSandbox(...inside, 'ip', 'link', 'set', inner, 'netns', sleeper);
    // The host's end of a NIC whose machine is stopped, on the bridge of another domain.
    const port = await portOf(q1);
    await incus(q, 'stop', '--force', q1);
    await inSandbox('ip', 'link', 'add', port, 'type', 'veth', 'peer', 'name', `${tag}k`);
    await inSandbox('ip', 'link', 'set', port, 'master', `net-${p}`);
    // A machine that is none of ours, with a piece of our bridge that Incus does not know.
    await incusCli('launch', 'probe', `${tag}-far`, '--quiet', '--storage', 'default');
    const far1 = await incusQuery<{ pid: number }>(`/1.0/instances/${tag}-far/state`);
    await inSandbox('ip', 'link', 'add', `${tag}m`, 'link', `net-${p}`, 'type', 'macvlan');
    await inSandbox('ip', 'link', 'set', `${tag}m`, 'netns', String(far1.pid));
    try {
      const piece = `the interface ${tag}m \\(macvlan\\) stands on net-${p}, and lies in the container ${tag}-far`;
      await expectNamed(
        new RegExp(`^unknown-port: ${port} is a port of net-${p}`),
        new RegExp(`^unknown-interface: ${piece}`),
      );
      const status = await here('network', 'status');
      expect(status.stdout).toMatch(new RegExp(piece));
    } finally {
      await incusCli('delete', '--force', `${tag}-far`);
      await inSandbox('ip', 'link', 'delete', port);
      await inSandbox('kill', sleeper);
      await incus(q, 'start', q1);
    }
  });

  it('what is gone: the NAT and the pins of Incus, a machine from infra.yml', async () => {
    await inSandbox('nft', 'flush', 'chain', 'inet', 'incus', `pstrt.net-${p}`);
    await inSandbox('nft', 'flush', 'chain', 'bridge', 'incus', `in.${p}_${p1}.eth0`);
    await project.write(infra(true));
    expect((await sync('--delete-orphans')).code).toBe(0);
    try {
      await expectNamed(
        new RegExp(`^incus-nat: .*net-${p} is missing`),
        new RegExp(`^incus-pins: .*${p1} are missing`),
        new RegExp(`^undeclared-machine: ${p3} .*no longer declared, and runs`),
      );
    } finally {
      await project.write(infra());
      expect((await sync()).code).toBe(0);
      for (const nat of ['false', 'true'])
        await incusCli('network', 'set', `net-${p}`, `ipv4.nat=${nat}`);
      await incus(p, 'restart', '--force', p1);
    }
  });

  it('what is dead or gone of a bridge, and of a NIC on it; an apply brings it back, and no machine stops', async () => {
    const { config } = await incusQuery<{ config: Record<string, string> }>(
      `/1.0/instances/${p1}?project=${p}`,
    );
    const port = config['volatile.eth0.host_name'] ?? '';
    const { pid } = await incusQuery<{ pid: number }>(`/1.0/instances/${p1}/state?project=${p}`);
    await inSandbox('pkill', '-f', `interface=net-${p} `);
    await inSandbox('ip', 'link', 'set', port, 'nomaster');
    await inSandbox('ip', 'address', 'flush', 'dev', `net-${q}`);
    const forwards = (of: string) => `/proc/sys/net/ipv4/conf/${of}/forwarding`;
    // Each interface has its own word: what somebody turned off elsewhere stays off.
    for (const of of ['lo', `net-${p}`])
      await inSandbox('sh', '-c', 'echo 0 > "$1"', 'sh', forwards(of));
    await expectNamed(
      new RegExp(`^no-forwarding: the host does not forward IPv4 packets of net-${p}`),
      new RegExp(`^bridge-services: .* on net-${p}: its dnsmasq does not run`),
      new RegExp(`^nic-detached: the NIC of ${p1} .* net-${p}`),
      new RegExp(`^bridge-address: the bridge net-${q} lacks its address 10\\.231\\.2\\.254/24`),
    );
    for (const words of [['status'], ['network', 'status']]) {
      const seen = await here(...words);
      expect([words, seen.code]).toEqual([words, 1]);
      expect(`${seen.stdout}${seen.stderr}`).toContain('dnsmasq');
    }
    expect((await here('plan', '--exit-code')).code).toBe(3);
    const applied = await here('apply');
    expect(applied.code, applied.stderr).toBe(0);
    expect((await here('plan', '--exit-code')).code).toBe(0);
    for (const words of [['status'], ['network', 'status']])
      expect([words, (await here(...words)).code]).toEqual([words, 0]);
    const after = await incusQuery<{ pid: number }>(`/1.0/instances/${p1}/state?project=${p}`);
    expect(after.pid).toBe(pid);
    expect(await inSandbox('cat', forwards('lo'), forwards(`net-${p}`))).toBe('0\n1');
    // A repair that was killed half-way leaves a key other than wanted, and the next apply puts it right.
    const said = async () =>
      (await incusQuery<{ config: Record<string, string> }>(`/1.0/networks/net-${p}`)).config;
    const { 'raw.dnsmasq': wanted = '', ...others } = await said();
    expect([wanted.includes('set up again'), others['ipv4.dhcp.expiry']]).toEqual([
      false,
      undefined,
    ]);
    await incusCli(
      'network',
      'set',
      `net-${p}`,
      `raw.dnsmasq=${wanted}\n# set up again by anklume`,
    );
    expect((await here('plan', '--exit-code')).code).toBe(3);
    expect((await here('apply')).code).toBe(0);
    expect((await said())['raw.dnsmasq']).toBe(wanted);
    expect((await prove()).code).toBe(0);
  });

  it('B06-01, B06-10, B06-16: what is related, or comes in a name of ours, is let in, and chains of others close what is open', async () => {
    await createOutside(beyond, 231, 231);
    await inSandbox('nft', 'flush', 'chain', 'inet', table, 'origin');
    await inSandbox(
      'nft',
      'insert',
      'rule',
      'inet',
      table,
      'forward',
      'ct',
      'state',
      'related',
      'accept',
    );
    const hook = '{ type filter hook forward priority 10; }';
    await inSandbox('nft', 'add', 'table', 'inet', tag);
    await inSandbox('nft', `add chain inet ${tag} shut ${hook}`);
    await inSandbox('nft', `add rule inet ${tag} shut oifname "net-${q}" drop`);
    try {
      const proof = await expectNamed(
        /^added: inet chain forward: .*related/,
        new RegExp(`^mismatch: ${q1} -> ${p2}.* ICMP error`),
        /^missing: inet chain origin: .*saddr @subnets/,
        new RegExp(
          `^mismatch: lan -> ${p1}: the host sends the machine the answer .*: 10\\.231\\.1\\.1 \\[forged-source\\]$`,
        ),
        new RegExp(
          `^mismatch: lan -> ${q1}: the host sends the machine the answer .*: 10\\.231\\.2\\.1 \\[forged-source\\]$`,
        ),
        new RegExp(`^foreign-chain: .*inet ${tag} shut closes what should be open`),
        new RegExp(`^mismatch: ${p1} -> ${q1} tcp/80 does not get through`),
      );
      const closing = proof.findings.find(({ code }) => code === 'foreign-chain');
      expect(closing?.remedy.en).toContain(`nft insert rule inet ${tag} shut`);
      const status = resultOf<{ foreign: ProofFinding[] }>(
        await here('network', 'status', '--json'),
      );
      expect(status.foreign.map(({ text }) => text.en)).toContain(closing?.text.en);
    } finally {
      await inSandbox('nft', 'delete', 'table', 'inet', tag);
      expect((await here('network', 'deploy', '--yes')).code).toBe(0);
    }
    const { code, proof } = await prove();
    const fromOutside = proof.forgeries.filter(({ forged }) => forged === 'outside');
    // Two ways to have the host answer, for each domain.
    expect(fromOutside.map(({ verdict }) => verdict)).toEqual(Array(4).fill('ok'));
    expect([told(proof), code]).toEqual([[], 0]);
    await inSandbox('ip', 'netns', 'delete', beyond);
  });

  it('B06-15: limited to a machine, and everything is as before', async () => {
    const { proof } = await prove('--limit', q1);
    const ends = [...proof.cells, ...proof.forgeries].map(({ from, to }) => [from, to]);
    expect(ends.length).toBeGreaterThan(10);
    expect(ends.filter((pair) => !pair.includes(q1))).toEqual([]);
    expect(proof.limit).toEqual([q1]);
    const unknown = await here('prove', '--limit', 'nobody');
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining(`'nobody'`)]);
    await expectWhole();
  });
});
