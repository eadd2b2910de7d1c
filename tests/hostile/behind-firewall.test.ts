import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LONG, SEED } from '../faults/form.ts';
import { type TestProject, testProject } from '../integration/cli/projects.ts';
import { anklume, clearAway, incusCli, inSandbox, uniqueName } from '../integration/support.ts';
import { HOST_IMAGE, importHostImage, NestedHost } from './nested-host.ts';
import { gatewayOf, People, type Somebody, spray } from './spray.ts';

const FRAMES = LONG ? 200_000 : 6000;
/** Enough to hear something. */
const FEW = 2500;

const tag = uniqueName('i');
const [m, z, b, c, n] = ['m', 'z', 'b', 'c', 'n'].map((letter) => `${tag}${letter}`) as [
  string,
  string,
  string,
  string,
  string,
];

const world = `project_name: ${tag}
global: { default_os_image: probe, base_subnet: "10.216", base_subnet6: "fd00:216:1", firewall_mode: vm }
domains:
  ${m}:
    subnet_id: 0
    ephemeral: true
    ipv6: true
    machines:
      sys-firewall: { type: lxc, os_image: local:${HOST_IMAGE}, ip: 10.216.0.253 }
      ${m}-one: {}
  ${z}: { subnet_id: 1, ephemeral: true, ipv6: true, machines: { ${z}-root: {}, ${z}-peer: {} } }
  ${b}: { subnet_id: 2, ephemeral: true, ipv6: true, machines: { ${b}-one: {}, ${b}-two: {} } }
  ${c}: { subnet_id: 3, ephemeral: true, internet: false, machines: { ${c}-one: {} } }
  ${n}:
    subnet_id: 4
    ephemeral: true
    ipv6: true
    profiles:
      nesting:
        config:
          security.nesting: true
          security.syscalls.intercept.mknod: true
          security.syscalls.intercept.setxattr: true
    machines:
      ${n}-host: { os_image: local:${HOST_IMAGE}, profiles: [default, nesting] }
      ${n}-peer: {}
network_policies:
  - { from: ${z}, to: ${b}-one, ports: [443], protocol: tcp }
`;

let project: TestProject;
let host: NestedHost;
/** Root of a container inside the nested host. */
let inner: Somebody;
const people = new People();
const who = (name: string) => people.who(name);
const inProject = (...args: string[]) => anklume(args, { cwd: project.folder });
const succeeds = async (...args: string[]) => {
  const { code, stderr } = await inProject(...args);
  expect(code, stderr).toBe(0);
};

interface More {
  readonly peer?: string;
  /** Nearer to the attacker than those of the domains. */
  readonly gateway?: Omit<Somebody, 'space'>;
  readonly frames?: number;
}

/** What arrives where it should not when `own`, which sends out of domain `home`, sends everything. */
async function trespasses(
  own: Somebody,
  home: string,
  victims: readonly string[],
  { peer, gateway, frames = FRAMES }: More = {},
): Promise<string[]> {
  const homes = victims.map((name) => name.slice(0, name.lastIndexOf('-')));
  const bridges = [...new Set(homes)].map((domain) => `net-${domain}`);
  const server = who(`${b}-one`);
  const open = [server.ip, server.ip6].map((one) => [one, 6, 443] as const);
  return spray({
    own,
    peer: peer === undefined ? own : who(peer),
    victims: victims.map(who),
    gateways: [
      ...(gateway ? [gateway] : []),
      ...(await Promise.all([`net-${home}`, ...bridges].map(gatewayOf))),
    ],
    bridges: bridges.filter((one) => one !== `net-${home}`),
    ...{ open: home === z ? open : [], frames, seed: SEED },
  });
}

const root = (more: More = {}) =>
  trespasses(who(`${z}-root`), z, OTHERS, { peer: `${z}-peer`, ...more });
const OTHERS = [`${m}-one`, `${b}-one`, `${b}-two`, `${c}-one`];

beforeAll(async () => {
  await importHostImage();
  project = await testProject(world);
  await succeeds('up', '--yes', '--proof', 'none');
  await people.meet(m, `${m}-one`);
  await people.meet(z, `${z}-root`, `${z}-peer`);
  await people.meet(b, `${b}-one`, `${b}-two`);
  await people.meet(c, `${c}-one`);
  await people.meet(n, `${n}-host`, `${n}-peer`);
  host = await NestedHost.of(n, `${n}-host`);
  inner = await host.launch();
  // What holds from here on are our own rules, without the pins of Incus.
  await inSandbox('nft', 'delete', 'table', 'bridge', 'incus');
}, 300_000);

afterAll(async () => {
  await inProject('flush', '--force', '--yes');
  await clearAway(project.folder, [m, z, b, c, n]);
  await incusCli('image', 'delete', HOST_IMAGE).catch(() => undefined);
});

describe(`behind a firewall machine and in a nested host, ${FRAMES} frames, seed ${SEED}`, () => {
  it('the listener hears what is let through, by way of each', async () => {
    await incusCli(
      ...['exec', '--project', m, 'sys-firewall', '--'],
      ...['nft', 'delete', 'table', 'inet', 'anklume_router'],
    );
    for (const family of ['inet', 'bridge'])
      await inSandbox('nft', 'flush', 'table', family, 'anklume');
    expect(await root({ frames: FEW })).not.toEqual([]);
    const gateway = await host.gateway();
    expect(await trespasses(inner, n, OTHERS, { gateway, frames: FEW })).not.toEqual([]);
    await succeeds('network', 'deploy', '--yes');
  });

  it('B06-10: none crosses while the firewall machine lets everything through', async () => {
    expect(await root()).toEqual([]);
    await succeeds('apply', '--tags', 'firewall', '--yes');
  });

  it('B06-10: none reaches another domain behind the firewall machine, nor a neighbour in the name of another', async () => {
    expect(await root()).toEqual([]);
    const victims = [`${z}-root`, `${c}-one`, `${m}-one`];
    expect(await trespasses(who(`${b}-one`), b, victims, { peer: `${b}-two` })).toEqual([]);
  });

  it('B06-10: none from root of a nested host, nor from a container inside, whichever way it goes out', async () => {
    const victims = [...OTHERS, `${z}-root`];
    const peer = `${n}-peer`;
    expect(await trespasses(who(`${n}-host`), n, victims, { peer })).toEqual([]);
    const gateway = await host.gateway();
    // Under the address of its host, as Incus has it.
    expect(await trespasses(inner, n, [peer], { gateway, frames: FEW })).not.toEqual([]);
    expect(await trespasses(inner, n, victims, { gateway })).toEqual([]);
    // Under whatever address it writes.
    await host.withoutTranslation();
    expect(await trespasses(inner, n, victims, { gateway })).toEqual([]);
    // Frame by frame, also as its host.
    await host.bridged();
    const disguised = { ...who(`${n}-host`), space: inner.space };
    expect(await trespasses(disguised, n, [peer], { frames: FEW })).not.toEqual([]);
    expect(await trespasses(disguised, n, victims, { gateway: inner, peer })).toEqual([]);
  });
});
