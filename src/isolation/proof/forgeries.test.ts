import { describe, expect, it } from 'vitest';
import { desiredWorld } from '../../../tests/integration/network/world.ts';
import { allowedFlows } from '../model/flows.ts';
import { planForgeries, unpinned } from './forgeries.ts';

const plan = (ipv6: boolean, eth0: Record<string, string> = {}, got: string[] = []) => {
  const desired = desiredWorld(
    60,
    [
      { name: 'a', machines: ['a1', 'a2'], ipv6 },
      { name: 'b', machines: ['b1'], ipv6 },
      { name: 'c', machines: ['c1'], ipv6 },
    ],
    [
      { from: 'b1', to: 'c', ports: [443, 80] },
      { from: 'b', to: 'c1', protocol: 'udp' },
      { from: 'a', to: 'host', ports: [22] },
    ],
  );
  const changed = desired.domains.map((one) => ({
    ...one,
    machines: one.machines.map((machine) =>
      machine.name === 'a1' && eth0.type !== undefined
        ? { ...machine, devices: { eth0 } }
        : machine,
    ),
  }));
  const model = allowedFlows({ ...desired, domains: changed });
  const machines = model.machines.map(({ name, domain, ip, ip6, bridge }) => ({
    ...{ name, domain, ip, bridge, netns: '' },
    ...(ip6 !== undefined && { ip6 }),
    ipv6: got.map((one) => one + name.slice(1)),
  }));
  return { model, forgeries: planForgeries(model, machines) };
};

/** `a1 -> b1 kind forged target protocol/port ...`, of one machine. */
const told = (forgeries: ReturnType<typeof planForgeries>, name: string): string[] =>
  forgeries
    .filter(({ from }) => from === name)
    .map(({ to, kind, forged, target, protocol, port, family, routed, expected }) =>
      [to, kind, forged ?? '-', target, `${protocol}/${port ?? '-'}`, family ?? 4]
        .concat(routed ? ['routed'] : [], expected ? ['passes'] : [])
        .join(' '),
    );

describe('what a machine forges', () => {
  it('B06-10: and what somebody outside does in the name of one machine of each domain', () => {
    expect(told(plan(false).forgeries, 'lan')).toEqual([
      'a1 outside 10.60.0.1 10.60.0.254 icmp/- 4',
      'a1 outside 10.60.0.1 192.0.2.7 icmp/- 4 routed',
      'b1 outside 10.60.1.1 10.60.1.254 icmp/- 4',
      'b1 outside 10.60.1.1 192.0.2.7 icmp/- 4 routed',
      'c1 outside 10.60.2.1 10.60.2.254 icmp/- 4',
      'c1 outside 10.60.2.1 192.0.2.7 icmp/- 4 routed',
    ]);
    expect(told(plan(true).forgeries, 'lan')).toEqual(
      expect.arrayContaining([
        'b1 outside fd00:60:0:1::1 fd00:60:0:1::254 icmp/- 6',
        'b1 outside fd00:60:0:1::1 2001:db8::7 icmp/- 6 routed',
      ]),
    );
  });

  it('without IPv6: toward neighbours and its gateway, and through the policies of others', () => {
    expect(told(plan(false).forgeries, 'a1')).toMatchInlineSnapshot(`
      [
        "a2 none - 10.60.0.2 icmp/- 4 passes",
        "a2 address 10.60.0.254 10.60.0.2 icmp/- 4",
        "a2 arp 10.60.0.253 10.60.0.2 icmp/- 4",
        "a2 mac - 10.60.0.2 icmp/- 4",
        "a2 dhcp - 10.60.0.2 icmp/- 4",
        "a2 router - 10.60.0.2 icmp/- 4",
        "a2 ipv6 - 10.60.0.2 icmp/- 4",
        "gateway:a none - 10.60.0.254 icmp/- 4 passes",
        "gateway:a address 10.60.0.2 10.60.0.254 icmp/- 4",
        "gateway:a arp 10.60.0.253 10.60.0.254 icmp/- 4",
        "gateway:a mac - 10.60.0.254 icmp/- 4",
        "gateway:a client - 10.60.0.254 icmp/- 4",
        "c1 address 10.60.1.1 10.60.2.1 tcp/80 4 routed",
        "c1 address 10.60.1.1 10.60.2.1 udp/47001 4 routed",
        "b1 related 10.60.1.254 10.60.1.1 icmp/- 4 routed",
        "gateway:b related 10.60.1.1 10.60.1.254 icmp/- 4 routed",
        "c1 related 10.60.2.254 10.60.2.1 icmp/- 4 routed",
        "gateway:c related 10.60.2.1 10.60.2.254 icmp/- 4 routed",
      ]
    `);
  });

  it('with IPv6: the same in both families', () => {
    expect(told(plan(true).forgeries, 'a1')).toMatchInlineSnapshot(`
      [
        "a2 none - 10.60.0.2 icmp/- 4 passes",
        "a2 address 10.60.0.254 10.60.0.2 icmp/- 4",
        "a2 arp 10.60.0.253 10.60.0.2 icmp/- 4",
        "a2 mac - 10.60.0.2 icmp/- 4",
        "a2 dhcp - 10.60.0.2 icmp/- 4",
        "a2 router - 10.60.0.2 icmp/- 4",
        "gateway:a none - 10.60.0.254 icmp/- 4 passes",
        "gateway:a address 10.60.0.2 10.60.0.254 icmp/- 4",
        "gateway:a arp 10.60.0.253 10.60.0.254 icmp/- 4",
        "gateway:a mac - 10.60.0.254 icmp/- 4",
        "gateway:a client - 10.60.0.254 icmp/- 4",
        "c1 address 10.60.1.1 10.60.2.1 tcp/80 4 routed",
        "c1 address 10.60.1.1 10.60.2.1 udp/47001 4 routed",
        "a2 none - fd00:60::2 icmp/- 6 passes",
        "a2 address fd00:60::254 fd00:60::2 icmp/- 6",
        "a2 neighbour fd00:60::dead fd00:60::2 icmp/- 6",
        "a2 hidden fd00:60::dead fd00:60::2 icmp/- 6",
        "a2 dhcp - fd00:60::2 icmp/- 6",
        "gateway:a none - fd00:60::254 icmp/- 6 passes",
        "gateway:a address fd00:60::2 fd00:60::254 icmp/- 6",
        "gateway:a neighbour fd00:60::dead fd00:60::254 icmp/- 6",
        "gateway:a hidden fd00:60::dead fd00:60::254 icmp/- 6",
        "c1 address fd00:60:0:1::1 fd00:60:0:2::1 tcp/80 6 routed",
        "c1 address fd00:60:0:1::1 fd00:60:0:2::1 udp/47001 6 routed",
        "b1 related 10.60.1.254 10.60.1.1 icmp/- 4 routed",
        "gateway:b related 10.60.1.1 10.60.1.254 icmp/- 4 routed",
        "b1 related fd00:60:0:1::254 fd00:60:0:1::1 icmp/- 6 routed",
        "gateway:b related fd00:60:0:1::1 fd00:60:0:1::254 icmp/- 6 routed",
        "c1 related 10.60.2.254 10.60.2.1 icmp/- 4 routed",
        "gateway:c related 10.60.2.1 10.60.2.254 icmp/- 4 routed",
        "c1 related fd00:60:0:2::254 fd00:60:0:2::1 icmp/- 6 routed",
        "gateway:c related fd00:60:0:2::1 fd00:60:0:2::254 icmp/- 6 routed",
      ]
    `);
  });

  it('as the one whose policy it is: nothing through it, and alone in its domain addresses nobody has', () => {
    expect(told(plan(true).forgeries, 'b1')).toMatchInlineSnapshot(`
      [
        "gateway:b none - 10.60.1.254 icmp/- 4 passes",
        "gateway:b address 10.60.1.253 10.60.1.254 icmp/- 4",
        "gateway:b arp 10.60.1.253 10.60.1.254 icmp/- 4",
        "gateway:b mac - 10.60.1.254 icmp/- 4",
        "gateway:b client - 10.60.1.254 icmp/- 4",
        "gateway:b none - fd00:60:0:1::254 icmp/- 6 passes",
        "gateway:b address fd00:60:0:1::dead fd00:60:0:1::254 icmp/- 6",
        "gateway:b neighbour fd00:60:0:1::dead fd00:60:0:1::254 icmp/- 6",
        "gateway:b hidden fd00:60:0:1::dead fd00:60:0:1::254 icmp/- 6",
        "a1 related 10.60.0.254 10.60.0.1 icmp/- 4 routed",
        "gateway:a related 10.60.0.1 10.60.0.254 icmp/- 4 routed",
        "a1 related fd00:60::254 fd00:60::1 icmp/- 6 routed",
        "gateway:a related fd00:60::1 fd00:60::254 icmp/- 6 routed",
      ]
    `);
  });

  it('over IPv6 that nobody declared: to every address that others have got', () => {
    const got = plan(false, {}, ['2001:db8::']).forgeries;
    expect(told(got, 'c1').filter((one) => one.includes('2001'))).toMatchInlineSnapshot(`
      [
        "a1 ipv6 2001:db8::1 2001:db8::1 icmp/- 4 routed",
        "a2 ipv6 2001:db8::1 2001:db8::2 icmp/- 4 routed",
        "b1 ipv6 2001:db8::1 2001:db8::1 icmp/- 4 routed",
      ]
    `);
    const declared = plan(true, {}, ['2001:db8::']).forgeries;
    expect(told(declared, 'c1').filter((one) => one.includes('2001'))).toEqual([]);
  });

  it('is not tried where the pins are declared away, and that is told', () => {
    const open = {
      type: 'nic',
      network: 'net-a',
      name: 'eth0',
      'ipv4.address': '10.60.0.1',
      'security.ipv4_filtering': 'false',
      'security.ipv6_filtering': 'false',
      'security.mac_filtering': 'false',
    };
    const { model, forgeries } = plan(true, open);
    expect(told(forgeries, 'a1')).toMatchInlineSnapshot(`
      [
        "a2 none - 10.60.0.2 icmp/- 4 passes",
        "a2 dhcp - 10.60.0.2 icmp/- 4",
        "a2 router - 10.60.0.2 icmp/- 4",
        "gateway:a none - 10.60.0.254 icmp/- 4 passes",
        "a2 none - fd00:60::2 icmp/- 6 passes",
        "a2 dhcp - fd00:60::2 icmp/- 6",
        "gateway:a none - fd00:60::254 icmp/- 6 passes",
        "b1 related 10.60.1.254 10.60.1.1 icmp/- 4 routed",
        "gateway:b related 10.60.1.1 10.60.1.254 icmp/- 4 routed",
        "b1 related fd00:60:0:1::254 fd00:60:0:1::1 icmp/- 6 routed",
        "gateway:b related fd00:60:0:1::1 fd00:60:0:1::254 icmp/- 6 routed",
        "c1 related 10.60.2.254 10.60.2.1 icmp/- 4 routed",
        "gateway:c related 10.60.2.1 10.60.2.254 icmp/- 4 routed",
        "c1 related fd00:60:0:2::254 fd00:60:0:2::1 icmp/- 6 routed",
        "gateway:c related fd00:60:0:2::1 fd00:60:0:2::254 icmp/- 6 routed",
      ]
    `);
    expect(unpinned(model).map(({ machine, reason }) => [machine, reason.en.slice(0, 40)])).toEqual(
      [['a1', 'its eth0 is declared without the pin of ']],
    );
    expect(unpinned(plan(true).model)).toEqual([]);
  });

  it('is not tried from a machine whose card is another', () => {
    const { model, forgeries } = plan(false, { type: 'none' });
    expect(told(forgeries, 'a1')).toEqual([]);
    expect(unpinned(model)).toMatchObject([{ machine: 'a1' }]);
    expect(unpinned(model)[0]?.reason.en).toContain('not declared as a NIC on the bridge');
  });
});
