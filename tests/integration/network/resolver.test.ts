import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { applyDesired, awaitedOf, planFor, waitForAddresses } from '../../../src/engine/index.ts';
import type { Incus } from '../../../src/incus/index.ts';
import { door, removeDomains } from '../engine/daemon.ts';
import { incusCli, uniqueName } from '../support.ts';
import { type Ask, ask, type Reply, spaceOf } from './asking.ts';
import { desiredWorld } from './world.ts';

const [open, shut, near] = [uniqueName('o'), uniqueName('s'), uniqueName('n')];
const plain = desiredWorld(75, [
  { name: open, machines: [`${open}-1`, `${open}-2`] },
  { name: shut, machines: [`${shut}-1`], internet: false },
  { name: near, machines: [], lan: false },
]);
const withInternet = (online: boolean) => ({
  ...plain,
  domains: plain.domains.map((domain) => ({
    ...domain,
    project: domain.name,
    internet: domain.name !== shut || online,
  })),
});
const gateway = '10.75.0.254';
const [own, neighbour] = ['10.75.0.1', '10.75.0.2'];

let incus: Incus;
let space = '';
beforeAll(async () => {
  incus = await door();
  const desired = withInternet(false);
  expect(await applyDesired(desired, incus)).toMatchObject({ failed: 0, skipped: 0 });
  await waitForAddresses(incus, awaitedOf(desired));
  space = await spaceOf(`${open}-1`, open);
});
afterAll(async () => {
  await removeDomains(open, shut, near);
  await incus.close();
});

/** What the resolver of a machine's gateway answers. */
async function lookUp(domain: string, name: string, server: string): Promise<string> {
  const script = 'timeout 3 busybox nslookup "$1" "$2" 2>&1; true';
  const command = ['sh', '-c', script, 'sh', name, server];
  return incusCli('exec', '--project', domain, `${domain}-1`, '--', ...command);
}

const asked = (...asks: Ask[]): Promise<Reply[]> => ask(space, gateway, asks);
const answersOf = (reply: Reply | undefined) =>
  reply && typeof reply === 'object' && 'answers' in reply ? reply.answers : [];
const addressOf = async (name: string) => (await asked({ dns: `${name}.incus` }))[0];
const linesOf = async (domain: string) =>
  (await incusCli('network', 'get', `net-${domain}`, 'raw.dnsmasq')).trim().split('\n');

it('a domain without internet has a resolver for its own names and for no others', async () => {
  expect(await lookUp(shut, `${shut}-1.incus`, '10.75.1.254')).toContain('10.75.1.1');
  expect(await lookUp(shut, 'data-in-a-name.example.com', '10.75.1.254')).toContain('REFUSED');
  expect(await linesOf(open)).not.toContain('no-resolv');
});

it('and gets the resolver of others back with the internet', async () => {
  expect(await applyDesired(withInternet(true), incus)).toMatchObject({ failed: 0, skipped: 0 });
  expect(await linesOf(shut)).toEqual(await linesOf(open));
});

const CHAOS = { type: 16, class: 3 };
it('B06-12: a resolver tells no machine of itself, of the host or of other domains', async () => {
  const secrets: Record<string, Ask> = {
    'its version': { dns: 'version.bind', ...CHAOS },
    'whom it asks': { dns: 'servers.bind', ...CHAOS },
    'its cache': { dns: 'cachesize.bind', ...CHAOS },
    'its misses': { dns: 'misses.bind', ...CHAOS },
    'its author': { dns: 'authors.bind', ...CHAOS },
    'the host it runs on': { dns: 'hostname.bind', ...CHAOS },
    'the hosts file': { dns: 'localhost' },
    'the name of the host': { dns: hostname() },
    'the hosts file by address': { dns: '1.0.0.127.in-addr.arpa', type: 12 },
    'the gateway of another domain': { dns: '254.1.75.10.in-addr.arpa', type: 12 },
    'a machine of another domain': { dns: `${shut}-1.incus` },
    'the same in short': { dns: `${shut}-1` },
  };
  const replies = await asked(...Object.values(secrets));
  const told = Object.keys(secrets).filter((_, at) => answersOf(replies[at]).length > 0);
  expect(told).toEqual([]);
  expect(await addressOf(`${open}-1`)).toEqual({ code: 0, answers: [own] });
});

it('B06-12: a network without the lan answers no name with a private address', async () => {
  expect(await linesOf(near)).toContain('stop-dns-rebind');
  expect(await linesOf(open)).not.toContain('stop-dns-rebind');
});

it('B06-12: made-up clients get no address, however they say who they are', async () => {
  const discover = { dhcp: 1, chaddr: '06:00:00:00:00:01' } as const;
  const strangers: Ask[] = [
    discover,
    { ...discover, client: '01060000000001' },
    { ...discover, hlen: 0, client: '01060000000001' },
    { ...discover, htype: 6 },
    { ...discover, hlen: 16 },
    { ...discover, dhcp: 3, requested: '10.75.0.77' },
    { ...discover, dhcp: 8, ciaddr: '10.75.0.77', source: own },
    { ...discover, fragment: true },
  ];
  expect(await asked(...strangers)).toEqual(strangers.map(() => null));
  expect(await asked({ dhcp: 1 })).toEqual([{ kind: 2, address: own }]);
});

it('B06-12: a release or a refusal in the name of a neighbour frees nothing', async () => {
  const mac = await incusCli('query', `/1.0/instances/${open}-2?project=${open}`);
  const client = `01${/"volatile.eth0.hwaddr": "([^"]+)"|"hwaddr": "([^"]+)"/.exec(mac)?.slice(1).join('').replaceAll(':', '')}`;
  expect(client).toMatch(/^01[0-9a-f]{12}$/);
  expect(await addressOf(`${open}-2`)).toEqual({ code: 0, answers: [neighbour] });
  await asked(
    { dhcp: 7, ciaddr: neighbour, client, source: own },
    { dhcp: 4, requested: neighbour, client, source: own },
    { dhcp: 7, ciaddr: neighbour, source: own },
    { dhcp: 4, requested: neighbour, source: own },
  );
  expect(await addressOf(`${open}-2`)).toEqual({ code: 0, answers: [neighbour] });
});

it('B06-12: names that a machine chooses enter no DNS', async () => {
  // Option 81 is a whole name with a word of what to do about it.
  const whole = Buffer.from('\x01\0\0chosen.incus').toString('hex');
  const options = `51${(whole.length / 2).toString(16).padStart(2, '0')}${whole}`;
  const request = { dhcp: 3, requested: own };
  await asked(
    { ...request, name: 'chosen' },
    { ...request, name: 'gateway', options },
    { dhcp: 3, chaddr: '06:00:00:00:00:02', requested: '10.75.0.90', name: 'made-up' },
  );
  for (const name of ['chosen', 'gateway', 'made-up'])
    expect(await addressOf(name)).toMatchObject({ answers: [] });
  expect(await addressOf(`${open}-1`)).toEqual({ code: 0, answers: [own] });
});

it('B06-12: a machine made by hand gets one address, whoever it says it is', async () => {
  const hand = uniqueName('hand');
  await incusCli('launch', 'probe', hand, '--project', open, '--quiet');
  const path = `/1.0/instances/${hand}/state?project=${open}`;
  await expect
    .poll(() => incusCli('query', path), { timeout: 30_000 })
    .toMatch(/"address": "10\.75\.0\.\d+"/);
  const clients = ['ff01', 'ff02', 'ff03', 'ff04'].map(
    (client, at): Ask => ({ dhcp: 3, client, requested: `10.75.0.${80 + at}` }),
  );
  const mac = await incusCli('config', 'get', '--project', open, hand, 'volatile.eth0.hwaddr');
  await ask(await spaceOf(hand, open), gateway, clients);
  const leases = join(inject('incusDir'), 'networks', `net-${open}`, 'dnsmasq.leases');
  const macs = (await readFile(leases, 'utf8')).split('\n').map((line) => line.split(' ')[1]);
  expect(macs.filter((one) => one === mac.trim())).toHaveLength(1);
  await incusCli('delete', '--force', '--project', open, hand);
});

it('B06-12: a bridge made without these lines gets them, as the plan says', async () => {
  const network = `net-${open}`;
  await incusCli('network', 'unset', network, 'raw.dnsmasq');
  const desired = withInternet(true);
  const plan = await planFor(desired, incus);
  expect(plan.entries.map(({ id, action }) => [id, action])).toEqual([
    [`network:${network}`, 'update'],
  ]);
  expect(await applyDesired(desired, incus)).toMatchObject({ failed: 0, skipped: 0 });
  expect(await linesOf(open)).toContain('dhcp-ignore=tag:!known');
  expect((await planFor(desired, incus)).entries).toEqual([]);
});
