import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LONG, SEED } from '../faults/form.ts';
import { type TestProject, testProject } from '../integration/cli/projects.ts';
import { createOutside } from '../integration/network/outside.ts';
import { anklume, incusCli, inSandbox, resultOf, uniqueName } from '../integration/support.ts';
import { gatewayOf, People, type Somebody, spray } from './spray.ts';

const FRAMES = LONG ? 200_000 : 12_000;

const tag = uniqueName('h');
const [a, b, c, d, x] = ['a', 'b', 'c', 'd', 'x'].map((letter) => `${tag}${letter}`) as [
  string,
  string,
  string,
  string,
  string,
];

const world = (domains: readonly string[]) => `project_name: ${tag}
global: { default_os_image: probe, base_subnet: "10.218", base_subnet6: "fd00:218:1" }
domains:
${domains.map((name) => DOMAINS[name]).join('')}network_policies:
  - { from: ${a}, to: ${d}-one, ports: [443], protocol: tcp }
`;
const DOMAINS: Readonly<Record<string, string>> = {
  [a]: `  ${a}: { subnet_id: 1, ephemeral: true, ipv6: true, machines: { ${a}-root: {}, ${a}-peer: {} } }\n`,
  [b]: `  ${b}: { subnet_id: 2, ephemeral: true, ipv6: true, machines: { ${b}-one: {}, ${b}-two: {} } }\n`,
  [c]: `  ${c}: { subnet_id: 3, ephemeral: true, ipv6: true, internet: false, machines: { ${c}-one: {} } }\n`,
  [d]: `  ${d}: { subnet_id: 4, ephemeral: true, machines: { ${d}-one: {} } }\n`,
};
const second = `project_name: ${tag}2
global: { default_os_image: probe, base_subnet: "10.219" }
domains:
  ${x}: { subnet_id: 1, ephemeral: true, machines: { ${x}-one: {}, ${x}-two: {} } }
`;

let project: TestProject;
let other: TestProject;
const people = new People();
const who = (name: string) => people.who(name);
const meet = (domain: string, ...names: string[]) => people.meet(domain, ...names);
/** A host of the local network, whose cable ends at the host that is attacked. */
let onLan: Somebody;
const lan = `${tag}lan`;
const SOURCE_ROUTES = 'net.ipv4.conf.all.accept_source_route';
let uplink = '';
/** Says something to an address in protocols without ports. */
const SPEAKS = `import socket, sys
for protocol in (4, 47, 50, 132):
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol) as speaks:
        speaks.sendto(b"hello", (sys.argv[1], 0))
`;
const inProject = (...args: string[]) => anklume(args, { cwd: project.folder });

async function someoneOnLan(): Promise<Somebody> {
  const beyond = await createOutside(lan, 77, 218);
  uplink = beyond.uplink;
  const inside = await inSandbox('ip', '-n', lan, '-j', 'link', 'show', 'eth0');
  const [{ address: mac = '' } = {}] = JSON.parse(inside) as { address?: string }[];
  return { name: lan, space: beyond.netns, mac, ip: beyond.address, ip6: beyond.address6 };
}

/** As the kernel lists it. */
const longForm = (address: string): string => {
  const [before = [], after = []] = address.split('::').map((part) => part.split(':'));
  const zeros = Array(8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join(':');
};

/** What arrives at machines when somebody of the local network sends everything that it can think of. */
async function trespassesFromLan(victims: readonly string[]): Promise<string[]> {
  const bridges = [
    ...new Set(victims.map((name) => `net-${name.slice(0, name.lastIndexOf('-'))}`)),
  ];
  return spray({
    own: onLan,
    peer: onLan,
    // Nobody whom a machine has asked something: an answer of theirs it may hear.
    outsiders: ['192.0.2.8', '9.9.9.9', '2001:db8::8'],
    victims: victims.map(who),
    gateways: await Promise.all([uplink, ...bridges].map(gatewayOf)),
    bridges,
    frames: FRAMES,
    seed: SEED,
  });
}

/** What arrives where it should not when `own` sends everything that it can think of. */
async function trespasses(
  own: string,
  peer: string,
  victims: readonly string[],
): Promise<string[]> {
  const home = own.slice(0, own.lastIndexOf('-'));
  const foreign = victims.map((name) => name.slice(0, name.lastIndexOf('-')));
  const bridges = [...new Set(foreign)].map((domain) => `net-${domain}`);
  const gateways = await Promise.all([`net-${home}`, ...bridges].map(gatewayOf));
  return spray({
    own: who(own),
    peer: who(peer),
    victims: victims.map(who),
    gateways,
    bridges,
    unknown: own === `${a}-hand`,
    open: own.startsWith(`${a}-`) ? [[who(`${d}-one`).ip, 6, 443]] : [],
    frames: FRAMES,
    seed: SEED,
  });
}

beforeAll(async () => {
  project = await testProject(world([a, b, c, d]));
  const up = await inProject('up', '--yes');
  expect(up.code, up.stderr).toBe(0);
  await meet(a, `${a}-root`, `${a}-peer`);
  await meet(b, `${b}-one`, `${b}-two`);
  await meet(c, `${c}-one`);
  await meet(d, `${d}-one`);
  onLan = await someoneOnLan();
  // A host that goes by the ways that packets name: most do not.
  await inSandbox('sysctl', '-qw', `${SOURCE_ROUTES}=1`);
}, 300_000);

afterAll(async () => {
  await incusCli('delete', '--force', 'hand', '--project', a).catch(() => undefined);
  await other?.[Symbol.asyncDispose]();
  await inProject('flush', '--force', '--yes');
  await anklume(['flush', '--project-name', `${tag}2`, '--force', '--yes']);
  await project[Symbol.asyncDispose]();
  await inSandbox('ip', 'netns', 'delete', lan);
  await inSandbox('sysctl', '-qw', `${SOURCE_ROUTES}=0`);
});

describe(`root in a machine sends ${FRAMES} frames of every kind, seed ${SEED}`, () => {
  it('the listener hears what is let through', async () => {
    // Without this, silence would prove nothing.
    await inSandbox('nft', 'flush', 'table', 'inet', 'anklume');
    await inSandbox('nft', 'flush', 'table', 'bridge', 'anklume');
    expect(await trespasses(`${a}-root`, `${a}-peer`, [`${b}-one`, `${c}-one`])).not.toEqual([]);
    expect((await inProject('network', 'deploy', '--yes')).code).toBe(0);
  });

  it('B06-01 B06-10: none reaches another domain, nor a neighbour in the name of another', async () => {
    const victims = [`${b}-one`, `${b}-two`, `${c}-one`, `${d}-one`];
    expect(await trespasses(`${a}-root`, `${a}-peer`, victims)).toEqual([]);
    expect(await trespasses(`${b}-one`, `${b}-two`, [`${a}-root`, `${c}-one`])).toEqual([]);
  });

  it('B06-10: what stays on a bridge is translated for nobody outside, wherever it says that it goes', async () => {
    // The host has no way to the internet: only what is sent to the local network has another address there.
    const lines = (await inSandbox('cat', '/proc/net/nf_conntrack')).split('\n');
    // Not the one that spoke while there were no rules: the kernel remembers that.
    const speaker = who(`${b}-one`);
    const its = [speaker.ip, longForm(speaker.ip6)];
    const spoken = lines.flatMap((line) => {
      const [from, to, , back] = [...line.matchAll(/ (?:src|dst)=(\S+)/g)].map(([, one]) => one);
      return from !== undefined && its.includes(from) && to !== onLan.ip
        ? [[from, back, line]]
        : [];
    });
    expect(spoken.length).toBeGreaterThan(100);
    expect(spoken.filter(([from, back]) => back !== from)).toEqual([]);
  });

  it('B06-10: none from the local network, nor an answer of the host to what it says in a name of ours', async () => {
    const victims = [`${a}-root`, `${a}-peer`, `${b}-one`, `${c}-one`, `${d}-one`];
    // The host speaks first: then some of what is sent is an answer.
    await inSandbox('python3', '-c', SPEAKS, onLan.ip);
    expect(await trespassesFromLan(victims)).toEqual([]);
  });

  it("B06-10: none, when Incus's own tables are gone", async () => {
    const tables = (await inSandbox('nft', 'list', 'tables')).split('\n').filter(Boolean);
    const others = tables.filter((table) => !/anklume/.test(table));
    const before = await Promise.all(
      others.map((table) => inSandbox('nft', 'list', ...table.split(' '))),
    );
    for (const table of others) await inSandbox('nft', 'delete', ...table.split(' '));
    try {
      const victims = [`${b}-one`, `${c}-one`, `${d}-one`];
      expect(await trespasses(`${a}-root`, `${a}-peer`, victims)).toEqual([]);
    } finally {
      const file = join(project.folder, 'others.nft');
      await writeFile(file, before.join('\n'));
      await inSandbox('nft', '-f', file);
    }
  });

  it('B06-06: none, whatever a second infrastructure deploys and flushes', async () => {
    other = await testProject(second);
    const up = await anklume(['up', '--yes'], { cwd: other.folder });
    expect(up.code, up.stderr).toBe(0);
    await meet(x, `${x}-one`, `${x}-two`);
    const both = async () => [
      ...(await trespasses(`${a}-root`, `${a}-peer`, [`${b}-one`, `${c}-one`, `${x}-one`])),
      ...(await trespasses(`${x}-one`, `${x}-two`, [`${a}-root`, `${c}-one`, `${d}-one`])),
    ];
    expect(await both()).toEqual([]);
    expect((await inProject('network', 'deploy', '--yes')).code).toBe(0);
    expect(await both()).toEqual([]);
    const flushed = await anklume(['flush', '--force', '--yes'], { cwd: other.folder });
    expect(flushed.code, flushed.stderr).toBe(0);
    const left = [`${b}-one`, `${c}-one`, `${d}-one`];
    expect(await trespasses(`${a}-root`, `${a}-peer`, left)).toEqual([]);
  });

  it('B06-10: none from a machine that was launched by hand, nor in the name of a known one', async () => {
    await incusCli(
      ...['launch', 'probe', 'hand', '--project', a, '--quiet', '--storage', 'default'],
      ...['--network', `net-${a}`],
    );
    await meet(a, 'hand');
    people.call('hand', `${a}-hand`);
    const victims = [`${b}-one`, `${c}-one`, `${d}-one`];
    const seen = await trespasses(`${a}-hand`, `${a}-peer`, victims);
    expect(seen).toEqual([]);
    await incusCli('delete', '--force', 'hand', '--project', a);
  });

  it('B06-10: none from a disposable in the domain', async () => {
    const made = await inProject('disp', '--domain', a, '--json');
    expect(made.code, made.stderr).toBe(0);
    const { name } = resultOf<{ name: string }>(made);
    await meet(a, name);
    people.call(name, `${a}-disp`);
    const victims = [`${b}-one`, `${c}-one`, `${d}-one`];
    expect(await trespasses(`${a}-disp`, `${a}-peer`, victims)).toEqual([]);
    await incusCli('delete', '--force', name, '--project', a).catch(() => undefined);
  });

  it('B06-07: none to or from a domain that is no longer declared and still runs', async () => {
    await writeFile(join(project.folder, 'infra.yml'), world([a, c, d]));
    await inProject('sync', '--delete-orphans');
    await inProject('up', '--yes');
    const victims = [`${b}-one`, `${c}-one`, `${d}-one`];
    expect(await trespasses(`${a}-root`, `${a}-peer`, victims)).toEqual([]);
    expect(await trespasses(`${b}-one`, `${b}-two`, [`${a}-root`, `${c}-one`])).toEqual([]);
    expect(await trespassesFromLan([`${a}-peer`, ...victims])).toEqual([]);
    const status = await inProject('status');
    expect(`${status.stdout}${status.stderr}`).toContain(`${b}-one`);
  });
});
