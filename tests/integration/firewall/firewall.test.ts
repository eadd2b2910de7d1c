import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootFiles } from '../../../src/isolation/index.ts';
import {
  changesTo,
  legsOfText,
  NO_STEERING,
  steeringFor,
} from '../../../src/isolation/vm/index.ts';
import { anklume, incusCli, incusQuery, inSandbox, resultOf, uniqueName } from '../support.ts';
import {
  BEHIND,
  betweenMachines,
  bridges,
  CLAIM,
  devicesOf,
  failures,
  isAbout,
  knowLeg6,
  LENGTH,
  pings,
  reaches,
  type Up,
  withoutIpv6,
  withoutRules,
} from './looks.ts';
import {
  BASE,
  BASE6,
  eventually,
  forgetAll,
  framesArriving,
  hostileTexts,
  hostState,
  inside,
  type Proof,
  projectOf,
  proofOf,
  removeWorld,
  runAtBoot,
  steeringRules,
  takeAddresses6,
  up,
  worldText,
} from './world.ts';

const tag = uniqueName('f');
const [adm, zeta, beta, lab, early] = [`${tag}m`, `${tag}z`, `${tag}b`, `${tag}l`, `${tag}a`];
const names = { adm, zeta, beta, lab };
const vm = worldText(names, 'vm');
const earlier = `  ${early}:\n    subnet_id: 9\n    ephemeral: true\n    machines:\n      ${early}-1: { ip: ${BASE}.9.1 }\n`;

const firewall = (...command: string[]) => inside(adm, 'sys-firewall', ...command);
const devices = () => devicesOf(adm);

describe('domains behind a firewall machine', () => {
  let folder = '';

  beforeAll(async () => {
    folder = await projectOf(vm);
    const first = resultOf<Up>(await up(folder, vm));
    expect(failures(first.proof)).toEqual([]);
    expect(first).toMatchObject({ good: true, firewall: { changed: true } });
    await takeAddresses6(names);
  }, 600_000);
  afterAll(async () => {
    await removeWorld(folder, names, [early]);
  });

  it('P11-02, P16-07: over IPv6 the same policies hold, by way of the machine, and what none allows is dropped', async () => {
    const { cells } = await proofOf(folder);
    const sixth = cells.filter(({ family }) => family === 6).filter(betweenMachines);
    const open = sixth.filter(({ measured }) => measured === 'open');
    const ways = new Set(open.map(({ from, to }) => `${from} ${to}`));
    expect(ways.has(`${zeta}-2 ${beta}-1`)).toBe(true);
    expect(ways.has(`${adm}-1 ${beta}-2`)).toBe(true);
    expect(ways.has(`${zeta}-1 ${zeta}-2`)).toBe(true);
    expect(ways.has(`${beta}-1 ${zeta}-1`)).toBe(false);
    expect(sixth.some(({ from, to }) => from.startsWith(lab) || to.startsWith(lab))).toBe(false);
    expect(sixth.length).toBeGreaterThan(60);

    // By another way than the proof's, and with the machine and without it.
    const allowed = `${BASE6}:2::1`;
    expect(await reaches(zeta, `${zeta}-1`, allowed)).toBe(true);
    expect(await pings(zeta, `${BASE6}:1::2`)).toBe(true);
    expect(await pings(zeta, allowed)).toBe(false);
    expect(await pings(beta, `${BASE6}:1::1`)).toBe(false);
    const counted = async () =>
      (await firewall('nft', 'list', 'chain', 'inet', 'anklume_router', 'policies/eth3/eth1')).text;
    expect(await counted()).toMatch(/ip6 saddr fd73:\S+ ip6 daddr fd73:.* counter packets [1-9]/);
    const rules = await steeringRules('-6');
    expect(rules.map(({ iif }) => iif).sort()).toEqual(bridges(adm, beta, zeta));
    await inSandbox('ip', '-6', 'rule', 'del', 'iif', `net-${zeta}`, 'priority', '25300');
    expect(await reaches(zeta, `${zeta}-1`, allowed)).toBe(false);
    expect((await anklume(['network', 'deploy', '--yes'], { cwd: folder })).code).toBe(0);
    expect(await reaches(zeta, `${zeta}-1`, allowed)).toBe(true);
  });

  it('a second up changes nothing', async () => {
    const second = resultOf<Up>(await up(folder, vm));
    expect(second).toMatchObject({ good: true, firewall: { changed: false }, apply: { done: 0 } });
  });

  it('P11-04: the bridge of administration is eth0, the others follow by name', async () => {
    const cards = Object.entries(await devices()).sort();
    expect(cards.map(([card, { network }]) => [card, network])).toEqual([
      ['eth0', `net-${adm}`],
      ['eth1', `net-${beta}`],
      ['eth2', `net-${lab}`],
      ['eth3', `net-${zeta}`],
    ]);
  });

  it('P11-03: a way that a policy opens passes the machine, and only with it', async () => {
    const trace = ['traceroute', '-n', '-q', '1', '-w', '1', '-m', '5', `${BASE}.2.2`];
    const { text } = await inside(zeta, `${zeta}-2`, ...trace);
    const hops = text.split('\n').slice(1, 4);
    expect(hops.map((line) => line.trim().split(/ +/)[1])).toEqual([
      `${BASE}.1.254`,
      `${BASE}.1.253`,
      `${BASE}.2.2`,
    ]);
    expect(await reaches(zeta, `${zeta}-1`, `${BASE}.2.1`)).toBe(true);
    await incusCli('stop', '--project', adm, 'sys-firewall');
    expect(await reaches(zeta, `${zeta}-1`, `${BASE}.2.1`)).toBe(false);
    await incusCli('start', '--project', adm, 'sys-firewall');
    expect(await eventually(() => reaches(zeta, `${zeta}-1`, `${BASE}.2.1`))).toBe(true);
  });

  it('P11-08, P08-01: what the firewall machine forges gets nowhere, whichever leg it takes', async () => {
    const found = await proofOf(folder);
    expect(found.untested).toEqual([]);
    expect(found.exempt.map(({ machine }) => machine)).toEqual(['sys-firewall']);
    const tried = found.forgeries.filter(({ from }) => from.startsWith('sys-firewall'));
    const legs = ['sys-firewall', ...[1, 2, 3].map((n) => `sys-firewall:eth${n}`)];
    expect(new Set(tried.map(({ from }) => from))).toEqual(new Set(legs));
    expect(tried.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
    expect(new Set(tried.map(({ forged }) => forged)).size).toBe(10);

    // By another way than the proof's: only what a leg carries, and itself, arrives.
    const allowed = [`${BASE}.1.1`, `${BASE}.1.77`, `${BASE}.2.253`];
    const forged = [
      ...[`${BASE}.2.2`, `${BASE}.2.254`, `${BASE}.1.254`, `${BASE}.7.253`, '198.51.100.1'],
      ...[`arp:${BASE}.2.254`, `arp:${BASE}.2.2`, `arp:${BASE}.1.1`],
    ];
    const leg = { project: adm, machine: 'sys-firewall', card: 'eth1' };
    const target = { project: beta, machine: `${beta}-1`, card: 'eth0' };
    const claims = [...allowed, `arp:${BASE}.2.253`, ...forged];
    expect(await framesArriving(leg, target, `${BASE}.2.1`, claims)).toEqual([
      ...allowed,
      `arp:${BASE}.2.253`,
    ]);

    const own = `${BASE6}:2::253`;
    const allowed6 = [own, `${BASE6}:1::1`, `${BASE6}::77`, `advert:${own}`, `ask:${own}`];
    const named = [`${BASE6}:2::2`, `${BASE6}:2::254`, `${BASE6}:1::254`, `${BASE6}:1::253`];
    const claims6 = [
      ...[...named, `${BASE6}:7::1`, '2001:db8::1', 'fe80::1', '::'],
      ...['advert', 'behind'].flatMap((how) => [
        ...[`${how}:${BASE6}:2::254`, `${how}:${BASE6}:2::2`, `${how}:${BASE6}:1::1`],
      ]),
      ...[`ask:${BASE6}:1::1`, `ask:${BASE6}:2::254`, `ask:${BASE6}:2::2`, `router:${own}`],
    ];
    expect(await framesArriving(leg, target, `${BASE6}:2::1`, [...allowed6, ...claims6])).toEqual(
      allowed6,
    );
  });

  it.each([
    ['leg', 'firewall-carries', ['address']],
    ['leg', 'firewall-claim', ['arp']],
    [`leg/net-${beta}`, 'firewall-carries', ['address']],
    ['input', 'firewall-to-host', ['address']],
    ['leg6', 'firewall-carries', ['address']],
    // A claim behind other headers is told by them, by its length and by what it claims.
    ['told6', CLAIM, ['neighbour']],
    ['told6', `${CLAIM}, ${LENGTH}`, ['neighbour']],
    ['told6', `${CLAIM}, ${LENGTH}, ${BEHIND}`, ['neighbour', 'hidden']],
  ])('without the rules %s "%s" the proof says what gets through', async (chain, gone, leaks) => {
    await withoutRules(chain, gone.split(', '));
    // What the host itself takes is looked at there once more.
    if (chain === 'input') await withoutRules('host', ['foreign-subnet'], 'inet');
    const found = await proofOf(folder);
    const wrong = found.forgeries.filter(({ verdict }) => verdict === 'mismatch');
    expect([...new Set(wrong.map(({ forged }) => forged))]).toEqual(leaks);
    expect(wrong.every(({ from }) => from.startsWith('sys-firewall'))).toBe(true);
    expect((await anklume(['network', 'deploy', '--yes'], { cwd: folder })).code).toBe(0);
    expect((await proofOf(folder)).holds).toBe(true);
  });

  it('P11-05: after a restart it filters and forwards by itself', async () => {
    await incusCli('restart', '--project', adm, 'sys-firewall');
    const ready = async () =>
      (await firewall('cat', '/proc/sys/net/ipv4/ip_forward')).text.trim() === '1';
    expect(await eventually(ready)).toBe(true);
    const rules = async () => (await firewall('nft', 'list', 'table', 'inet', 'anklume_router')).ok;
    expect(await eventually(rules)).toBe(true);
    expect(await eventually(() => reaches(zeta, `${zeta}-2`, `${BASE}.2.1`))).toBe(true);
    expect(await eventually(() => reaches(zeta, `${zeta}-2`, `${BASE6}:2::1`))).toBe(true);
    const sixth = await firewall('cat', '/proc/sys/net/ipv6/conf/all/forwarding');
    expect(sixth.text.trim()).toBe('1');
    expect(failures(await proofOf(folder))).toEqual([]);
  });

  it('P11-08: without the rules of the machine the host still drops', async () => {
    await firewall('nft', 'delete', 'table', 'inet', 'anklume_router');
    const crossing = (await proofOf(folder)).cells.filter(betweenMachines);
    expect(crossing.filter(({ verdict }) => verdict === 'mismatch')).toEqual([]);
    const again = resultOf<Up>(await up(folder, vm));
    expect(again).toMatchObject({ good: true, firewall: { changed: true } });
  });

  it('P11-08, P11-06: without the rules of the host the machine still drops, and tells both cards', async () => {
    for (const family of ['inet', 'bridge'])
      await inSandbox('nft', 'delete', 'table', family, 'anklume');
    for (const [domain, target] of [
      [lab, `${BASE}.2.1`],
      [adm, `${BASE}.7.1`],
      [beta, `${BASE}.1.1`],
    ] as const)
      expect((await inside(domain, `${domain}-1`, 'ping', '-c', '2', '-W', '1', target)).ok).toBe(
        false,
      );
    expect(await pings(beta, `${BASE6}:1::1`)).toBe(false);
    const log = async () =>
      (await firewall('journalctl', '-u', 'anklume-router-log', '--no-pager')).text;
    const told = async () => (await log()).includes('anklume inter-domain: IN=eth2 OUT=eth1');
    expect(await eventually(told)).toBe(true);
    expect(await log()).toMatch(
      /anklume admin-closed: IN=eth0 OUT=eth2 SRC=\S+ DST=10\.73\.7\.1 PROTO=ICMP/,
    );
    expect(await log()).toContain('anklume inter-domain: IN=eth1 OUT=eth3');
    expect(await log()).toMatch(/IN=eth1 OUT=eth3 SRC=\S+ DST=fd73:1:2:1::1 PROTO=ICMPv6/);
    // What a router or a neighbour says to all on a link is dropped, and no news.
    expect(await log()).not.toContain('DST=ff02');
    expect(resultOf<Up>(await up(folder, vm))).toMatchObject({ good: true });
  });

  it('P11-07: the phase infra leaves the inside alone, the phase provision and its tag see to nothing else', async () => {
    const rules = ['nft', 'list', 'table', 'inet', 'anklume_router'];
    const applied = async (...words: string[]) =>
      resultOf<Partial<Up>>(await anklume(['apply', ...words, '--json'], { cwd: folder }));
    await firewall('nft', 'delete', 'table', 'inet', 'anklume_router');
    expect(await applied('infra')).not.toHaveProperty('firewall');
    expect((await firewall(...rules)).ok).toBe(false);
    expect(await applied('provision')).toMatchObject({ done: 0, firewall: { changed: true } });
    expect((await firewall(...rules)).ok).toBe(true);
    expect(await applied('--tags', 'firewall')).toMatchObject({ firewall: { changed: false } });
    expect(await applied('--tags', 'profiles')).not.toHaveProperty('firewall');
  });

  it('the status says whether the host steers, and deploying puts it right', async () => {
    const steering = async () =>
      resultOf<{ steering?: string }>(
        await anklume(['network', 'status', '--json'], { cwd: folder }),
      ).steering;
    expect(await steering()).toBe('current');
    await inSandbox('ip', 'rule', 'del', 'iif', `net-${zeta}`, 'priority', '25300');
    expect(await steering()).toBe('stale');
    expect(await reaches(zeta, `${zeta}-1`, `${BASE}.2.1`)).toBe(false);
    expect((await anklume(['network', 'deploy', '--yes'], { cwd: folder })).code).toBe(0);
    expect(await steering()).toBe('current');
    expect(await reaches(zeta, `${zeta}-1`, `${BASE}.2.1`)).toBe(true);
    await inSandbox('ip', '-6', 'route', 'flush', 'proto', '253', 'table', 'all');
    expect(await steering()).toBe('stale');
    expect((await anklume(['network', 'deploy', '--yes'], { cwd: folder })).code).toBe(0);
    expect(await steering()).toBe('current');
  });

  describe('after a reboot of the host', () => {
    const flows = async () => {
      const both = [`${BASE}.2.1`, `${BASE6}:2::1`];
      const found = await Promise.all(both.map((one) => reaches(zeta, `${zeta}-1`, one)));
      return found[0] === found[1] ? found[0] : found;
    };

    it('what the boot units run brings rules and routes back', async () => {
      const before = await hostState();
      const text = (await anklume(['network', 'rules'], { cwd: folder })).stdout;
      await forgetAll();
      const routes = changesTo(steeringFor(legsOfText(text)), NO_STEERING);
      const files = bootFiles({ rules: text, routes });
      // Rules come first, and until the routes are there, domains are closed.
      await runAtBoot(files.slice(0, 3), folder);
      expect(await flows()).toBe(false);
      await runAtBoot(files, folder);
      expect(await hostState()).toEqual(before);
      expect(await flows()).toBe(true);
      expect((await proofOf(folder)).holds).toBe(true);
      // Again, as when Incus restarts.
      await runAtBoot(files, folder);
      expect(await hostState()).toEqual(before);
    });

    it('P08-06: so does a deployment of a text that was made elsewhere', async () => {
      const before = await hostState();
      const path = join(folder, 'made.nft');
      const deploy = (...more: string[]) =>
        anklume(['network', 'deploy', '--from', path, '--yes', ...more], { cwd: folder });
      expect((await anklume(['network', 'rules', '--output', path], { cwd: folder })).code).toBe(0);
      await forgetAll();
      const dry = await deploy('--dry-run');
      expect(dry.stdout).toContain(`+rule add iif net-${zeta} `);
      expect(await steeringRules()).toEqual([]);
      expect(await deploy()).toMatchObject({ code: 0 });
      expect(await hostState()).toEqual(before);
      expect(await flows()).toBe(true);
      expect((await deploy()).stdout.trim()).toBe('The rules were already in force.');

      const good = await readFile(path, 'utf8');
      for (const [code, text] of hostileTexts(good, zeta)) {
        expect(text).not.toBe(good);
        await writeFile(path, text);
        const refused = await deploy('--json');
        expect(refused.code).toBe(2);
        expect(refused.stderr).toContain(code);
      }
      expect(await hostState()).toEqual(before);
    });
  });

  it('a machine that sends to the firewall machine past the host is not heard', async () => {
    const route = ['ip', 'route', 'add', `${BASE}.2.0/24`, 'via', `${BASE}.1.253`];
    expect((await inside(zeta, `${zeta}-1`, ...route)).ok).toBe(true);
    expect(await reaches(zeta, `${zeta}-1`, `${BASE}.2.1`)).toBe(false);
    await inside(zeta, `${zeta}-1`, 'ip', 'route', 'del', `${BASE}.2.0/24`);
    await knowLeg6(adm, zeta);
    const route6 = (verb: string) => ['ip', '-6', 'route', verb, `${BASE6}:2::/64`];
    const past = [...route6('add'), 'via', `${BASE6}:1::253`];
    expect((await inside(zeta, `${zeta}-1`, ...past)).ok).toBe(true);
    const heard = await reaches(zeta, `${zeta}-1`, `${BASE6}:2::1`);
    await inside(zeta, `${zeta}-1`, ...route6('del'));
    expect(heard).toBe(false);
    expect(await reaches(zeta, `${zeta}-1`, `${BASE6}:2::1`)).toBe(true);
    expect(await reaches(zeta, `${zeta}-1`, `${BASE}.2.1`)).toBe(true);
  });

  it('P11-04: a domain that comes first by name keeps the order and loses nobody', async () => {
    const report = resultOf<Up>(await up(folder, worldText(names, 'vm', earlier)));
    expect(failures(report.proof)).toEqual([]);
    expect(report.good).toBe(true);
    const { eth0, eth1, eth2 } = await devices();
    expect([eth0?.network, eth1?.network, eth2?.network]).toEqual([
      `net-${adm}`,
      `net-${early}`,
      `net-${beta}`,
    ]);
    await writeFile(join(folder, 'infra.yml'), vm);
    await anklume(['sync', '--delete-orphans'], { cwd: folder });
    const less = resultOf<Up>(await up(folder, vm, '--prune'));
    expect(failures(less.proof)).toEqual([]);
    expect(Object.keys(await devices())).toHaveLength(4);
  });

  it('IPv6 that a domain no longer declares is closed, and comes back as it was', async () => {
    const before = await hostState();
    const less = resultOf<Up>(await up(folder, withoutIpv6(vm, beta)));
    expect(failures(less.proof)).toEqual([]);
    const rules = await steeringRules('-6');
    expect(rules.map(({ iif }) => iif).sort()).toEqual(bridges(adm, zeta));
    expect(await reaches(zeta, `${zeta}-1`, `${BASE6}:2::1`)).toBe(false);
    expect((await firewall('ip', '-6', 'address', 'show', 'eth1')).text).not.toContain('inet6');
    const again = resultOf<Up>(await up(folder, vm));
    expect(again).toMatchObject({ good: true, firewall: { changed: true } });
    expect(await hostState()).toEqual(before);
    await takeAddresses6(names);
    expect(failures(await proofOf(folder))).toEqual([]);
    expect(await reaches(zeta, `${zeta}-1`, `${BASE6}:2::1`)).toBe(true);
  });

  // Matrix: NI-204
  it('P16-10, P11-02: the same policies give the same matrix in both modes, and nothing is left behind', async () => {
    const matrix = ({ cells }: Proof) =>
      cells
        .filter((cell) => !isAbout(cell, 'sys-firewall'))
        .map(
          ({ from, to, protocol, port, family, measured }) =>
            `${from} ${to} ${protocol} ${port} ${family} ${measured}`,
        )
        .sort();
    const before = matrix(await proofOf(folder));
    expect(await steeringRules()).toHaveLength(4);
    const host = resultOf<Up>(await up(folder, worldText(names, 'host'), '--prune'));
    expect(failures(host.proof)).toEqual([]);
    expect(matrix(host.proof)).toEqual(before);
    expect(before.length).toBeGreaterThan(200);
    for (const family of ['-4', '-6'] as const) {
      expect(await steeringRules(family)).toEqual([]);
      const left = await inSandbox('ip', family, 'route', 'show', 'table', 'all', 'proto', '253');
      expect(left).toBe('');
    }
    const profiles = await incusQuery<string[]>(`/1.0/profiles?project=${adm}`);
    expect(profiles.some((url) => url.includes('sys-firewall'))).toBe(false);
    const absent = await anklume(['network', 'rules'], { cwd: folder });
    await up(folder, worldText(names, undefined));
    expect((await anklume(['network', 'rules'], { cwd: folder })).stdout).toBe(absent.stdout);
  });
});
