import { describe, expect, it } from 'vitest';
import { desiredWorld, type WorldPolicy } from '../../../tests/integration/network/world.ts';
import type { Desired } from '../../world/tree/index.ts';
import {
  allowedFlows,
  batchesOf,
  decide,
  evaluate,
  firewallOf,
  type KernelPacket,
  renderRuleset,
} from '../index.ts';
import { attachFirewall, FIREWALL_PROFILE } from './attach.ts';
import { routerFiles } from './files.ts';
import { routerRules, routerRuleset } from './router-rules.ts';
import { changesTo } from './steer.ts';
import { NO_STEERING, steeringFor } from './steering.ts';
import { legsOfText, withSteering } from './steering-text.ts';

const POLICIES: readonly WorldPolicy[] = [
  { from: 'zeta', to: 'beta1', ports: [80, 443] },
  { from: 'anklume', to: 'beta' },
];
const world = (mode: 'host' | 'vm', policies = POLICIES): Desired => ({
  ...desiredWorld(
    73,
    [
      { name: 'zeta', machines: ['zeta1'] },
      { name: 'anklume', machines: ['sys-firewall', 'adm1'] },
      { name: 'beta', machines: ['beta1'] },
    ],
    policies,
  ),
  firewallMode: mode,
});
const profileOf = (desired: Desired) =>
  desired.domains.flatMap(({ profiles }) => profiles).find(({ name }) => name === FIREWALL_PROFILE);
const without = (desired: Desired): Desired => ({
  ...desired,
  domains: desired.domains.map((domain) => ({
    ...domain,
    machines: domain.machines.filter(({ name }) => name !== 'sys-firewall'),
  })),
});

describe('the firewall machine', () => {
  it('P11-02: with the host as firewall nothing is attached, steered or placed', async () => {
    const desired = world('host');
    expect(attachFirewall(desired)).toBe(desired);
    expect(withSteering('rules', firewallOf(desired))).toBe('rules');
    expect(await routerFiles(desired, allowedFlows(desired))).toEqual([]);
    expect(renderRuleset(allowedFlows(desired))).not.toContain('steered');
  });

  it('P11-04: eth0 is at home, the other cards follow by the names of their bridges', () => {
    const { devices = {} } = profileOf(attachFirewall(world('vm'))) ?? {};
    expect(Object.entries(devices).map(([card, { network }]) => [card, network])).toEqual([
      ['eth0', 'net-anklume'],
      ['eth1', 'net-beta'],
      ['eth2', 'net-zeta'],
    ]);
    expect(devices.eth1?.['ipv4.address']).toBe('10.73.2.253');
    expect(devices.eth1?.['security.mac_filtering']).toBe('true');
  });

  it('takes the profile last, so that its cards win', () => {
    const machines = attachFirewall(world('vm')).domains.flatMap((domain) => domain.machines);
    const firewall = machines.find(({ name }) => name === 'sys-firewall');
    expect(firewall?.profiles).toEqual(['default', FIREWALL_PROFILE]);
    expect(attachFirewall(attachFirewall(world('vm')))).toEqual(attachFirewall(world('vm')));
  });

  it('its cards keep their MAC and their end on the host when others are added before them', () => {
    const leg = (desired: Desired) =>
      firewallOf(desired)?.ports.find(({ bridge }) => bridge === 'net-zeta');
    const { card, ...rest } = leg(world('vm')) ?? {};
    const more = desiredWorld(73, [
      { name: 'zeta', machines: ['zeta1'] },
      { name: 'anklume', machines: ['sys-firewall'] },
      { name: 'aaa', machines: [] },
      { name: 'beta', machines: [] },
    ]);
    expect(leg({ ...more, firewallMode: 'vm' })).toEqual({ ...rest, card: 'eth3' });
    expect(card).toBe('eth2');
  });

  it('P11-06: passes on what policies open, and tells two kinds of refusal', () => {
    const text = routerRuleset(allowedFlows(world('vm'))) ?? '';
    expect(text).toContain('"eth2" . "eth1" : jump policies/eth2/eth1');
    expect(text).toContain('ip saddr 10.73.0.0/24 ip daddr 10.73.2.1 tcp dport { 80, 443 }');
    expect(text).toContain('log prefix "anklume inter-domain: " group 253');
    expect(text).toContain('log prefix "anklume admin-closed: " group 253');
    expect(text).toContain('reject with icmpx admin-prohibited');
    expect(text.match(/hook (forward|input|output) .* policy drop;/g)).toHaveLength(3);
  });

  it('speaks with no other domain itself, whatever policies say of its own', () => {
    const policies = [{ from: 'sys-firewall', to: 'zeta' }, ...POLICIES];
    const model = allowedFlows(world('vm', policies));
    for (const to of ['zeta1', 'beta1'])
      expect(decide(model, { from: 'sys-firewall', to, protocol: 'tcp', port: 22 })).toMatchObject({
        decision: { allowed: false, code: 'firewall-machine' },
      });
    expect(routerRuleset(model)).not.toContain('10.73.1.1 ');
  });

  it('without a machine nothing passes between domains, and nothing is steered', () => {
    const desired = without(world('vm'));
    const text = renderRuleset(allowedFlows(desired));
    expect(text).toContain('comment "via-firewall: ');
    expect(text).not.toContain('vmap @policies');
    expect(withSteering('rules', firewallOf(desired))).toBe('rules');
  });
});

describe('steering', () => {
  const steering = steeringFor(firewallOf(world('vm'))?.ports ?? []);

  it('every bridge leads to the other domains by the leg on that same bridge', () => {
    const zeta = 10 * 2 ** 24 + 73 * 2 ** 16;
    expect(steering.rules).toContainEqual({ bridge: 'net-zeta', table: zeta });
    expect(steering.routes.filter(({ table }) => table === zeta)).toEqual([
      { table: zeta, to: '10.73.0.0/24', bridge: 'net-zeta' },
      { table: zeta, to: '10.73.0.0/23', bridge: 'net-zeta', via: '10.73.0.253' },
      { table: zeta, to: '10.73.2.0/24', bridge: 'net-zeta', via: '10.73.0.253' },
    ]);
  });

  it('a way is there before what leads into it, and goes after it', () => {
    const nothing = { rules: [], routes: [] };
    const raised = changesTo(steering, nothing);
    expect(raised.findIndex((line) => line.startsWith('rule add'))).toBe(steering.routes.length);
    expect(changesTo(nothing, steering)[0]).toMatch(
      /^rule del iif net-\w+ lookup \d+ priority 25300/,
    );
    expect(changesTo(steering, steering)).toEqual([]);
  });
});

describe('the hand-over as a part of the rules', () => {
  const firewall = firewallOf(world('vm'));
  const text = withSteering('table inet anklume\n', firewall);

  it('P08-06: is read back as it was written', () => {
    expect(text.split('\n')[1]).toBe('# steer net-beta 10.73.2.0/24 10.73.2.253');
    expect(steeringFor(legsOfText(text))).toEqual(steeringFor(firewall?.ports ?? []));
    expect(legsOfText('table inet anklume\n')).toEqual([]);
  });

  it.each([
    'net-beta 10.73.2.0/24',
    'net-beta 10.73.2.0/24 10.73.2.253 x',
    'net-beta 0.0.0.0/0 10.73.2.253',
    'net-beta 10.0.0.0/8 10.73.2.253',
    'net-beta 10.73.2.1/24 10.73.2.253',
    'net-beta 10.73.2.0/24 10.73.3.253',
    'net-beta 10.73.2.0/24 10.73.2.0',
    'net-beta 10.73.2.0/24 10.73.2.255',
    'net-beta 10.73.2.0/24 10.73.2.300',
    'net-a;reboot 10.73.2.0/24 10.73.2.253',
    'a-name-that-is-too-long 10.73.2.0/24 10.73.2.253',
  ])('what came from elsewhere and is no leg is refused: %s', (words) => {
    expect(() => legsOfText(`# steer ${words}\n`)).toThrow(
      /would not write this route to a firewall machine/,
    );
  });

  it('neither is one bridge twice, or one subnet', () => {
    const leg = '# steer net-a 10.73.2.0/24 10.73.2.253\n';
    for (const other of ['net-a 10.73.3.0/24 10.73.3.1', 'net-b 10.73.2.128/25 10.73.2.129'])
      expect(() => legsOfText(`${leg}# steer ${other}\n`)).toThrow(/would not write this route/);
  });
});

describe('IPv6 through the firewall machine', () => {
  const sixth = (...declared: readonly string[]): Desired => {
    const domain = (name: string, ...machines: string[]) => ({
      ...{ name, machines, ipv6: declared.includes(name) },
    });
    const domains = [
      domain('zeta', 'zeta1'),
      domain('anklume', 'sys-firewall', 'adm1'),
      domain('beta', 'beta1'),
    ];
    return { ...desiredWorld(73, domains, POLICIES), firewallMode: 'vm' };
  };
  const two = sixth('zeta', 'beta');
  const all = sixth('zeta', 'beta', 'anklume');
  const portsOf = (desired: Desired) => firewallOf(desired)?.ports ?? [];

  it('a leg has ::253 where IPv6 is declared, and Incus pins it where it is not', () => {
    const { devices = {} } = profileOf(attachFirewall(two)) ?? {};
    expect(devices.eth1).toMatchObject({
      'ipv4.address': '10.73.2.253',
      'ipv6.address': 'fd00:73:0:2::253',
      'security.ipv6_filtering': 'false',
      'security.mac_filtering': 'true',
    });
    expect(devices.eth0).not.toHaveProperty('ipv6.address');
    expect(devices.eth0?.['security.ipv6_filtering']).toBe('true');
    expect(portsOf(all)[0]?.ipv6?.address).toBe('fd00:73:0:1::1');
    const { devices: home = {} } = profileOf(attachFirewall(all)) ?? {};
    expect(home.eth0?.['security.ipv6_filtering']).toBe('false');
  });

  it('nothing of a world without it differs: profile, files, steering, text', async () => {
    const none = sixth();
    expect(none).toEqual(world('vm'));
    expect(JSON.stringify(profileOf(attachFirewall(none)))).not.toContain('ipv6.address');
    const files = await routerFiles(none, allowedFlows(none));
    const placed = files.filter(({ path }) => path.endsWith('.network') || path.endsWith('.nft'));
    expect(placed.map(({ path }) => path)).not.toContain(
      '/etc/systemd/network/05-anklume-eth0.network',
    );
    for (const { text } of placed) expect(text).not.toMatch(/fd00|fe80|icmpv6|LinkLocal.*ipv6/);
    expect(changesTo(steeringFor(portsOf(none)), NO_STEERING).join('\n')).not.toContain('-6');
    expect(withSteering('', firewallOf(none))).not.toContain(':');
  });

  it('its cards take their addresses from files, and listen to no router', async () => {
    const files = await routerFiles(all, allowedFlows(all));
    const textOf = (card: string) =>
      files.find(({ path }) => path.endsWith(`05-anklume-${card}.network`))?.text ?? '';
    expect(textOf('eth1')).toContain('Address=10.73.2.253/24\nAddress=fd00:73:0:2::253/64\n');
    expect(textOf('eth1')).toContain('LinkLocalAddressing=ipv6\n');
    expect(textOf('eth0')).toContain('Address=fd00:73:0:1::1/64\n');
    expect(textOf('eth0')).toContain('Gateway=fd00:73:0:1::254\n');
    expect(textOf('eth0')).toContain('DHCP=ipv4\n');
    for (const card of ['eth0', 'eth1', 'eth2'])
      expect(textOf(card)).toContain('IPv6AcceptRA=no\n');
    const some = await routerFiles(two, allowedFlows(two));
    expect(some.some(({ path }) => path.includes('05-anklume-eth0'))).toBe(false);
  });

  it('its rules know the policies of both families, and the cards that have IPv6', () => {
    const text = routerRuleset(allowedFlows(two)) ?? '';
    expect(text).toContain('ip6 saddr fd00:73::/64 ip6 daddr fd00:73:0:2::1 tcp dport { 80, 443 }');
    expect(text).toContain('"eth1"');
    expect(text).toContain('iifname != @ipv6_in counter drop comment "ipv6-off: ');
    expect(text).not.toContain('fd00:73:0:1:');
  });

  it.each([
    ['allowed', 'fd00:73::1', 443, 'accept'],
    ['no policy', 'fd00:73::1', 22, 'drop'],
    ['a neighbour of nobody', 'fd00:73:0:2::9', 443, 'drop'],
  ] as const)('inside, a packet is judged once more: %s', (_, saddr, dport, verdict) => {
    const model = allowedFlows(two);
    const rules = routerRules(model, model.firewall ?? { ports: [] });
    const packet: KernelPacket = {
      hook: 'forward',
      iifname: 'eth2',
      oifname: 'eth1',
      family: 6,
      saddr,
      sport: 1,
      dport,
      daddr: 'fd00:73:0:2::1',
      protocol: 'tcp',
      echoRequest: false,
      tracking: 'forth',
    };
    expect(evaluate(rules, packet).verdict).toBe(verdict);
    expect(evaluate(rules, { ...packet, iifname: 'eth0' }).verdict).toBe('drop');
  });

  it('B06-01: inside, an error passes from an end of an allowed conversation alone', () => {
    const model = allowedFlows(two);
    const rules = routerRules(model, model.firewall ?? { ports: [] });
    const verdict = (about: Partial<KernelPacket>, port = 443, says: 'end' | 'nothing' = 'end') => {
      const [client, server] = ['fd00:73::1', 'fd00:73:0:2::1'];
      const error = { says, towards: 'client', client, server, protocol: 'tcp', port } as const;
      const packet: KernelPacket = {
        ...{ hook: 'forward', iifname: 'eth1', oifname: 'eth2', family: 6 },
        ...{ saddr: server, daddr: client, protocol: 'icmp', sport: 0, dport: 0 },
        ...{ echoRequest: false, tracking: 'related', error, ...about },
      };
      return evaluate(rules, packet).verdict;
    };
    expect(verdict({})).toBe('accept');
    expect(verdict({}, 80)).toBe('accept');
    expect(verdict({}, 22)).toBe('drop');
    expect(verdict({}, 443, 'nothing')).toBe('drop');
    expect(verdict({ saddr: 'fd00:73:0:2::9' })).toBe('drop');
    expect(verdict({ iifname: 'eth0' })).toBe('drop');
    expect(verdict({ hook: 'input', oifname: '' })).toBe('drop');
  });

  it('the machine hears of neighbours where it has IPv6, and of no router', () => {
    const model = allowedFlows(two);
    const rules = routerRules(model, model.firewall ?? { ports: [] });
    const heard = (iifname: string, icmp6: NonNullable<KernelPacket['icmp6']>) =>
      evaluate(rules, {
        ...{ hook: 'input', iifname, oifname: '', family: 6, saddr: 'fe80::1', daddr: 'ff02::1' },
        ...{ protocol: 'icmp', sport: 0, dport: 0, echoRequest: false, tracking: 'forth', icmp6 },
      }).verdict;
    expect(heard('eth1', 'nd-neighbor-solicit')).toBe('accept');
    expect(heard('eth0', 'nd-neighbor-solicit')).toBe('drop');
    for (const kind of ['nd-router-advert', 'nd-redirect', 'echo-request'] as const)
      expect(heard('eth1', kind)).toBe('drop');
  });

  it('is steered by rules and tables of its own', () => {
    const lines = changesTo(steeringFor(portsOf(two)), NO_STEERING);
    const zeta = 10 * 2 ** 24 + 73 * 2 ** 16;
    const end = `dev net-zeta table ${zeta} proto 253`;
    expect(lines.filter((line) => line.startsWith('-6') && line.includes('zeta'))).toEqual([
      `-6 route replace fd00:73::/64 ${end}`,
      `-6 route replace fd00:73:0:2::/64 via fd00:73::253 ${end}`,
      `-6 rule add iif net-zeta lookup ${zeta} priority 25300 protocol 253`,
    ]);
    expect(lines.filter((line) => line.startsWith('-6') && line.includes('net-anklume'))).toEqual(
      [],
    );
    const four = lines.filter((line) => !line.startsWith('-6'));
    expect(four).toEqual(changesTo(steeringFor(portsOf(world('vm'))), NO_STEERING));
    expect(changesTo(NO_STEERING, steeringFor(portsOf(two)))[0]).toMatch(/^rule del iif /);
    expect(batchesOf(lines).map(({ family }) => family)).toEqual([[], ['-6']]);
  });

  it('P08-06: travels with the rules, and is read back as it was written', () => {
    const text = withSteering('table inet anklume\n', firewallOf(two));
    expect(text).toContain(
      '# steer net-beta 10.73.2.0/24 10.73.2.253 fd00:73:0:2::/64 fd00:73:0:2::253\n',
    );
    expect(steeringFor(legsOfText(text))).toEqual(steeringFor(portsOf(two)));
  });

  it.each([
    'fd00:73:0:2::/64',
    'fd00:73:0:2::/64 fd00:73:0:3::253',
    'fd00:73:0:2::/64 fd00:73:0:2::',
    'fd00:73:0:2::/64 FD00:73:0:2::253',
    'fd00:73:0:2::/64 fd00:73:0:2::253 x',
    'fd00:73::/48 fd00:73::253',
    '::/0 fd00:73:0:2::253',
    'fd00:73:0:2::/64 10.73.2.253',
  ])('what came from elsewhere and is no leg is refused: %s', (words) => {
    const line = `# steer net-beta 10.73.2.0/24 10.73.2.253 ${words}\n`;
    expect(() => legsOfText(line)).toThrow(/would not write this route to a firewall machine/);
  });

  it('neither is one network of IPv6 on two bridges', () => {
    const leg = (name: string, n: number, more: string) =>
      `# steer net-${name} 10.73.${n}.0/24 10.73.${n}.253 fd00:73::/64 fd00:73::${more}\n`;
    expect(() => legsOfText(leg('a', 1, '1') + leg('b', 2, '2'))).toThrow(
      /would not write this route/,
    );
  });
});
