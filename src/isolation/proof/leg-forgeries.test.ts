import { describe, expect, it } from 'vitest';
import { desiredWorld } from '../../../tests/integration/network/world.ts';
import { evaluate, type KernelPacket } from '../model/evaluate.ts';
import { allowedFlows } from '../model/flows.ts';
import { guardFor } from '../rules/guard.ts';
import { linkLocalOf } from '../rules/link-local.ts';
import type { Chain } from '../rules/rules.ts';
import { exempt, planForgeries, unpinned } from './forgeries.ts';

const desired = {
  ...desiredWorld(
    60,
    [
      { name: 'anklume', machines: ['sys-firewall', 'adm'] },
      { name: 'perso', machines: ['perso-a'] },
      { name: 'pro', machines: ['pro-a', 'pro-b'] },
    ],
    [{ from: 'perso', to: 'pro-a', ports: [443] }],
  ),
  firewallMode: 'vm',
} as const;
const model = allowedFlows(desired);
const legs = model.firewall?.ports ?? [];
const machines = model.machines.map(({ name, domain, ip, bridge }) => ({
  name,
  domain,
  ip,
  bridge,
  netns: '',
}));

describe('what the firewall machine forges', () => {
  const planned = planForgeries(model, machines).filter(({ from }) =>
    from.startsWith('sys-firewall'),
  );

  it('is tried from every leg, and the machine is not told as untested', () => {
    expect(new Set(planned.map(({ from }) => from))).toEqual(
      new Set(['sys-firewall', 'sys-firewall:eth1', 'sys-firewall:eth2']),
    );
    expect(unpinned(model)).toEqual([]);
    expect(exempt(model).map(({ machine }) => machine)).toEqual(['sys-firewall']);
  });

  it("claims neighbours, gateways, other legs and strangers, and uses others' policies", () => {
    const claimed = planned
      .filter(({ from, to, kind }) => from.endsWith('eth2') && to === 'pro-a' && kind === 'address')
      .map(({ forged }) => forged);
    expect(claimed).toEqual(['10.60.2.2', '10.60.2.254', '10.60.0.254', '10.60.0.1', '192.0.2.1']);
    expect(planned).toContainEqual(
      expect.objectContaining({ from: 'sys-firewall:eth1', forged: '10.60.1.1', port: 443 }),
    );
  });

  it('the rules let a leg name addresses of other domains to machines, and nothing else', () => {
    const { chains, ...rest } = guardFor(model);
    const leg = legs.find(({ bridge }) => bridge === 'net-pro');
    const start: Chain = {
      name: 'start',
      hook: 'forward',
      rules: chains.find(({ name }) => name === 'leg')?.rules ?? [],
    };
    const ruleset = { ...rest, chains: [start, ...chains] };
    const says = (saddr: string): string =>
      evaluate(ruleset, {
        hook: 'forward',
        iifname: leg?.port ?? '',
        oifname: 'any',
        family: 4,
        saddr,
        daddr: '10.60.2.1',
        protocol: 'icmp',
        sport: 0,
        dport: 0,
        echoRequest: true,
        tracking: 'forth',
      }).verdict;
    for (const own of ['10.60.2.253', '0.0.0.0', '10.60.1.1', '10.60.0.2', '10.60.1.77'])
      expect([own, says(own)]).toEqual([own, 'accept']);
    for (const forged of ['10.60.2.2', '10.60.2.254', '10.60.1.254', '10.60.1.253', '192.0.2.1'])
      expect([forged, says(forged)]).toEqual([forged, 'drop']);
  });
});

describe('what the firewall machine forges over IPv6', () => {
  const sixth = desiredWorld(
    60,
    [
      { name: 'anklume', machines: ['sys-firewall', 'adm'] },
      { name: 'perso', machines: ['perso-a'], ipv6: true },
      { name: 'pro', machines: ['pro-a', 'pro-b'], ipv6: true },
    ],
    [{ from: 'perso', to: 'pro-a', ports: [443] }],
  );
  const model6 = allowedFlows({ ...sixth, firewallMode: 'vm' });
  const machines6 = model6.machines.map(({ name, domain, ip, ip6, bridge }) => ({
    ...{ name, domain, ip, bridge, netns: '' },
    ...(ip6 !== undefined && { ip6 }),
  }));
  const leg = model6.firewall?.ports.find(({ bridge }) => bridge === 'net-pro');
  const { chains, ...rest } = guardFor(model6);
  const start: Chain = {
    name: 'start',
    hook: 'forward',
    rules: chains.find(({ name }) => name === 'leg6')?.rules ?? [],
  };
  const says = (saddr: string, more: Partial<KernelPacket> = {}): string =>
    evaluate(
      { ...rest, chains: [start, ...chains] },
      {
        hook: 'forward',
        iifname: leg?.port ?? '',
        oifname: 'any',
        family: 6,
        saddr,
        daddr: 'fd00:60:0:2::1',
        protocol: 'icmp',
        sport: 0,
        dport: 0,
        echoRequest: false,
        tracking: 'forth',
        ...more,
      },
    ).verdict;
  const local = linkLocalOf(leg?.mac ?? '');

  it('stands at ::253, and at the address that follows from its MAC', () => {
    expect(leg?.ipv6).toEqual({ subnet: 'fd00:60:0:2::/64', address: 'fd00:60:0:2::253' });
    expect(local).toMatch(/^fe80::/);
    expect(model6.firewall?.ports[0]).not.toHaveProperty('ipv6');
  });

  it('is tried from every leg that has it, to those who have it', () => {
    const planned = planForgeries(model6, machines6).filter(
      ({ from, family }) => family === 6 && from.startsWith('sys-firewall'),
    );
    expect(new Set(planned.map(({ from }) => from))).toEqual(
      new Set(['sys-firewall:eth1', 'sys-firewall:eth2']),
    );
    const kinds = planned.filter(({ from, to }) => from.endsWith('eth2') && to === 'pro-a');
    expect(kinds.map(({ kind, forged }) => [kind, forged].join(' ').trim())).toEqual([
      'none',
      'address fd00:60:0:2::2',
      'neighbour fd00:60:0:2::dead',
      'hidden fd00:60:0:2::dead',
      'address fd00:60:0:2::254',
      'address fd00:60:0:1::254',
      'address fd00:60:0:1::253',
      'address 2001:db8::1',
      'dhcp',
    ]);
    const usesPolicy = { from: 'sys-firewall:eth1', to: 'pro-a', port: 443, routed: true };
    expect(planned).toContainEqual(
      expect.objectContaining({ ...usesPolicy, forged: 'fd00:60:0:1::1' }),
    );
  });

  it('a leg names itself, and addresses of other domains, and nothing else', () => {
    for (const own of ['fd00:60:0:2::253', local, 'fd00:60:0:1::1', 'fd00:60:0:1::77'])
      expect([own, says(own)]).toEqual([own, 'accept']);
    const others = ['fd00:60:0:2::2', 'fd00:60:0:2::254', 'fd00:60:0:1::254', 'fd00:60:0:1::253'];
    for (const forged of [...others, '2001:db8::1', 'fe80::1', '::', 'fd00:60::1'])
      expect([forged, says(forged)]).toEqual([forged, 'drop']);
  });

  it('a leg claims its own addresses alone, and asks in its own name alone', () => {
    const advert = { icmp6: 'nd-neighbor-advert' } as const;
    const own = 'fd00:60:0:2::253';
    for (const claim6 of [own, local]) expect(says(own, { ...advert, claim6 })).toBe('accept');
    for (const claim6 of ['fd00:60:0:2::254', 'fd00:60:0:2::2', 'fd00:60:0:1::1', 'fe80::1'])
      for (const saddr of [own, local, 'fd00:60:0:1::1'])
        expect([claim6, saddr, says(saddr, { ...advert, claim6 })]).toEqual([
          claim6,
          saddr,
          'drop',
        ]);
    for (const kind of ['nd-neighbor-solicit', 'nd-router-solicit'] as const) {
      expect(says(local, { icmp6: kind })).toBe('accept');
      expect(says('fd00:60:0:1::1', { icmp6: kind })).toBe('drop');
    }
  });

  it('a leg is no router to its machines, no DHCP server, and asks nobody who listens', () => {
    for (const icmp6 of ['nd-router-advert', 'nd-redirect', 'mld-listener-query'] as const)
      expect(says(local, { icmp6 })).toBe('drop');
    expect(says('fd00:60:0:2::253', { protocol: 'udp', dport: 546 })).toBe('drop');
  });

  it('only the host hands it packets for others', () => {
    const ruleset = guardFor(model6);
    const towards = (daddr: string, oifname = leg?.port ?? '') =>
      evaluate(ruleset, {
        hook: 'forward',
        iifname: model6.machines.find(({ name }) => name === 'pro-a')?.card?.port ?? '',
        oifname,
        family: 6,
        saddr: 'fd00:60:0:2::1',
        daddr,
        protocol: 'tcp',
        sport: 1,
        dport: 1,
        echoRequest: false,
        tracking: 'forth',
      }).verdict;
    for (const own of ['fd00:60:0:2::253', local, 'ff02::1:ff00:253'])
      expect([own, towards(own)]).toEqual([own, 'accept']);
    for (const other of ['fd00:60:0:1::1', 'fd00:60:0:2::254', '2001:db8::1', 'ff05::2'])
      expect([other, towards(other)]).toEqual([other, 'drop']);
    expect(towards('fd00:60:0:1::1', 'another')).toBe('accept');
  });
});
