import { describe, expect, it } from 'vitest';
import { desiredWorld, type WorldPolicy } from '../../tests/integration/network/world.ts';
import { allowedFlows, explain, firewallOf, renderRuleset } from '../network/index.ts';
import type { Desired } from '../tree/index.ts';
import { attachFirewall, FIREWALL_PROFILE } from './attach.ts';
import { routerFiles } from './files.ts';
import { routerRuleset } from './router-rules.ts';
import { changesTo } from './steer.ts';
import { steeringFor } from './steering.ts';
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
    expect(text).toContain('log prefix "anklume-drop: " group 253');
    expect(text).toContain('log prefix "anklume-admin-reject: " group 253');
    expect(text).toContain('reject with icmpx admin-prohibited');
    expect(text.match(/hook (forward|input|output) .* policy drop;/g)).toHaveLength(3);
  });

  it('speaks with no other domain itself, whatever policies say of its own', () => {
    const policies = [{ from: 'sys-firewall', to: 'zeta' }, ...POLICIES];
    const model = allowedFlows(world('vm', policies));
    for (const to of ['zeta1', 'beta1'])
      expect(explain(model, { from: 'sys-firewall', to, protocol: 'tcp', port: 22 })).toMatchObject(
        { allowed: false, code: 'firewall-machine' },
      );
    expect(routerRuleset(model)).not.toContain('10.73.1.1 ');
  });

  it('without a machine nothing passes between domains, and nothing is steered', () => {
    const desired = without(world('vm'));
    const text = renderRuleset(allowedFlows(desired));
    expect(text).toContain('between domains only through the firewall machine');
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
    expect(() => legsOfText(`# steer ${words}\n`)).toThrow(/no way to a firewall machine/);
  });

  it('neither is one bridge twice, or one subnet', () => {
    const leg = '# steer net-a 10.73.2.0/24 10.73.2.253\n';
    for (const other of ['net-a 10.73.3.0/24 10.73.3.1', 'net-b 10.73.2.128/25 10.73.2.129'])
      expect(() => legsOfText(`${leg}# steer ${other}\n`)).toThrow(/no way/);
  });
});
