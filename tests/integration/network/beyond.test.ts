import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type ProbeMachine, type Proof, prove, removeRules } from '../../../src/isolation/index.ts';
import { incusCli, inSandbox, uniqueName } from '../support.ts';
import { createWorld, deployWorld, pings, removeWorld, sandboxHost } from './real-world.ts';
import { desiredWorld } from './world.ts';

const tag = uniqueName('v');
const [open, shut] = [`${tag}a`, `${tag}b`];
const desired = desiredWorld(72, [
  { name: open, machines: [`${open}-1`] },
  { name: shut, machines: [`${shut}-1`, `${shut}-2`], internet: false },
]);
const [online, offline, neighbour] = [`${open}-1`, `${shut}-1`, `${shut}-2`];
const outsideName = uniqueName('outside');
/** Global (RFC 7535), unlike the networks of documentation. */
const OUTSIDE = '192.31.196.2';
const HOST = '192.31.196.1';
const LAN = '192.168.77.7';
/** Of networks that the internet does not have, beside those that everybody knows. */
const SPECIAL = [
  '100.64.7.7',
  '192.0.0.7',
  '192.0.2.7',
  '198.18.7.7',
  '198.51.100.7',
  '203.0.113.7',
  '240.7.7.7',
];
const uplink = `up${tag}`;

/** A stand-in for the internet: a namespace behind a cable to the sandbox, which does not know our subnets. */
async function createOutside(): Promise<void> {
  const inside = ['-n', outsideName];
  await inSandbox('ip', 'netns', 'add', outsideName);
  await inSandbox(
    ...['ip', 'link', 'add', uplink, 'type', 'veth'],
    ...['peer', 'name', 'eth0', 'netns', outsideName],
  );
  await inSandbox('ip', 'address', 'add', `${HOST}/24`, 'dev', uplink);
  await inSandbox('ip', 'link', 'set', uplink, 'up');
  await inSandbox('ip', ...inside, 'address', 'add', `${OUTSIDE}/24`, 'dev', 'eth0');
  await inSandbox('ip', ...inside, 'link', 'set', 'eth0', 'up');
  await inSandbox('ip', ...inside, 'route', 'add', '10.72.0.0/16', 'via', HOST);
}

describe('what lies beyond the domains', () => {
  let machines: ProbeMachine[] = [];
  const outside = () => ({
    address: OUTSIDE,
    netns: `/proc/${inject('holder')}/root/run/netns/${outsideName}`,
  });
  const proof = (): Promise<Proof> =>
    prove(desired, machines, sandboxHost(), { outside: outside() });

  beforeAll(async () => {
    await createOutside();
    machines = await createWorld(desired);
  });
  afterAll(async () => {
    await removeRules(sandboxHost());
    await removeWorld(desired);
    await inSandbox('ip', 'netns', 'delete', outsideName);
  });

  // Matrix: NI-104
  it('P08-03: the internet is reached unless the domain says otherwise, and nothing comes in', async () => {
    await deployWorld(desired);
    const found = await proof();
    expect(found.mismatches.map(({ text }) => text.en)).toEqual([]);
    const beyond = found.cells.filter(({ to, from }) => to === 'internet' || from === 'internet');
    const passed = beyond.filter(({ measured }) => measured === 'open');
    expect(new Set(passed.map(({ from }) => from))).toEqual(new Set([online]));
    expect(beyond).toHaveLength(18);
  });

  // Matrix: PR-204
  it('a domain without internet that got it anyway is found', async () => {
    await inSandbox('nft', 'add', 'element', 'inet', 'anklume', 'online', `{ net-${shut} }`);
    const leak = { from: offline, to: 'internet', protocol: 'tcp', measured: 'open' };
    expect((await proof()).mismatches).toContainEqual(expect.objectContaining(leak));
    expect(await deployWorld(desired)).toBe(true);
    expect((await proof()).holds).toBe(true);
  });

  it('the internet without the local network, which a private address stands for', async () => {
    for (const address of [LAN, ...SPECIAL]) {
      const inside = ['-n', outsideName, 'address', 'add', `${address}/32`, 'dev', 'eth0'];
      await inSandbox('ip', ...inside);
      await inSandbox('ip', 'route', 'add', address, 'dev', uplink);
      expect([address, await pings(online, address)]).toEqual([address, true]);
    }
    const closed = desired.domains.map((domain) => ({ ...domain, lan: false }));
    await deployWorld({ ...desired, domains: closed });
    const reached = await Promise.all(
      [LAN, OUTSIDE, ...SPECIAL].map(async (one) => ((await pings(online, one)) ? [one] : [])),
    );
    expect(reached.flat()).toEqual([OUTSIDE]);
    await deployWorld(desired);
  });

  it("P08-03: outside sees the host's address", async () => {
    const server =
      "import socket; s = socket.create_server(('', 9000)); s.settimeout(20); print(s.accept()[1][0])";
    const seen = inSandbox('ip', 'netns', 'exec', outsideName, 'python3', '-c', server);
    const client = `until nc -w 1 ${OUTSIDE} 9000 </dev/null; do sleep 0.1; done`;
    await incusCli('exec', online, '--', 'timeout', '15', 'sh', '-c', client);
    expect((await seen).trim()).toBe(HOST);
  });

  it('IPv6 that was switched on by hand leads nowhere', async () => {
    await removeRules(sandboxHost());
    for (const name of [online, offline, neighbour])
      await incusCli('config', 'device', 'set', name, 'eth0', 'security.ipv6_filtering=false');
    const names: Readonly<Record<string, readonly string[]>> = {
      [open]: [online],
      [shut]: [offline, neighbour],
    };
    for (const [index, domain] of [open, shut].entries()) {
      const prefix = `fd00:72:${index}:`;
      await incusCli('network', 'set', `net-${domain}`, `ipv6.address=${prefix}:ff/64`);
      for (const [count, name] of (names[domain] ?? []).entries()) {
        const set = `ip -6 address add ${prefix}:${count + 1}/64 dev eth0 && ip -6 route replace default via ${prefix}:ff`;
        await incusCli('exec', name, '--', 'sh', '-c', set);
      }
    }
    const reaches = (from: string, address: string): Promise<boolean> =>
      incusCli('exec', from, '--', 'busybox', 'ping6', '-c', '3', '-W', '1', address).then(
        () => true,
        () => false,
      );
    expect(await reaches(online, 'fd00:72:1::1')).toBe(true);
    expect(await reaches(online, 'fd00:72:0::ff')).toBe(true);
    expect(await reaches(offline, 'fd00:72:1::2')).toBe(true);
    await deployWorld(desired);
    expect(await reaches(online, 'fd00:72:1::1')).toBe(false);
    expect(await reaches(online, 'fd00:72:1::ff')).toBe(false);
    expect(await reaches(offline, 'fd00:72:0::1')).toBe(false);
    expect(await reaches(offline, 'fd00:72:1::2')).toBe(false);
  });
});
