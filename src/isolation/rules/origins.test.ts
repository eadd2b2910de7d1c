import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { desiredWorld } from '../../../tests/integration/network/world.ts';
import { faultOf } from '../load/kernel-check.ts';
import { evaluate, type KernelPacket } from '../model/evaluate.ts';
import type { Packet } from '../model/explain.ts';
import { allowedFlows } from '../model/flows.ts';
import { opening } from '../proof/packets.test-kit.ts';
import { closedRules } from './closed-rules.ts';
import { hostRules, renderRuleset } from './ruleset.ts';

const domains = [
  { name: 'a', machines: ['a1', 'a2'], ipv6: true },
  { name: 'b', machines: ['b1'], ipv6: true },
  { name: 'c', machines: ['c1'] },
];
const policies = [{ from: 'a', to: 'b', protocol: 'any' as const }];
const world = desiredWorld(60, domains, policies);
const models = [
  allowedFlows(world),
  allowedFlows({
    ...desiredWorld(60, [...domains, { name: 'anklume', machines: ['sys-firewall'] }], policies),
    firewallMode: 'vm',
  }),
];
const firstModel = models[0] as (typeof models)[0];
const verdict = (packet: KernelPacket, model = firstModel) => evaluate(hostRules(model), packet);

const ours4 = ['10.60.0.1', '10.60.0.77', '10.60.1.254', '10.60.2.1'];
const ours6 = ['fd00:60::1', 'fd00:60::dead', 'fd00:60:0:1::254'];
const theirs4 = ['192.0.2.7', '10.59.255.255', '10.61.0.0', '0.0.0.0', '255.255.255.255'];
const theirs6 = ['2001:db8::7', 'fe80::7', 'fd00:60:1::1', '::'];

/** To a machine, to the host, or past both. */
const packet: fc.Arbitrary<KernelPacket> = fc
  .record({
    toHost: fc.boolean(),
    six: fc.boolean(),
    oifname: fc.constantFrom('net-a', 'net-b', 'eth1'),
    protocol: fc.constantFrom('tcp' as const, 'udp' as const, 'icmp' as const),
    tracking: fc.constantFrom('forth' as const, 'reply' as const, 'related' as const),
    address: fc.nat(),
    dport: fc.constantFrom(53, 67, 443),
  })
  .map(({ toHost, six, oifname, address, ...rest }) => ({
    ...rest,
    hook: toHost ? 'input' : 'forward',
    iifname: 'eth0',
    oifname: toHost ? '' : oifname,
    family: six ? 6 : 4,
    saddr: (six ? ours6 : ours4)[address % (six ? ours6 : ours4).length] ?? '',
    daddr: six ? 'fd00:60:0:1::1' : '10.60.1.1',
    sport: 40_000,
    echoRequest: rest.protocol === 'icmp' && !six,
  }));

describe('where a packet may come from', () => {
  test.prop([packet, fc.constantFrom('eth0', 'wg0', 'docker0', 'vethx', 'net-gone')], { seed: 31 })(
    'B06-10: nothing from outside that names an address of a domain as its sender',
    (sent, iifname) => {
      for (const model of models) {
        const outcome = verdict({ ...sent, iifname }, model);
        expect(outcome.verdict).toBe('drop');
        expect(outcome.chain).toBe('forged_origin');
      }
    },
  );

  test.prop([packet, fc.constantFrom(...theirs4, ...theirs6)], { seed: 32 })(
    'whoever says nothing of the kind is left to the rules behind, or alone',
    (sent, saddr) => {
      const family = saddr.includes(':') ? 6 : 4;
      const honest = { ...sent, family, saddr } as const;
      expect(verdict(honest).chain).not.toBe('forged_origin');
      // What is none of ours at all.
      if (sent.oifname === 'eth1' || (sent.hook === 'input' && sent.tracking !== 'related'))
        expect(verdict(honest)).toEqual({ verdict: 'accept' });
    },
  );

  test.prop([packet, fc.constantFrom(...theirs4)], { seed: 33 })(
    'B06-10: no machine hears an answer from outside that names its own way',
    (sent, saddr) => {
      const answer = { ...sent, hook: 'forward', oifname: 'net-a', family: 4, saddr } as const;
      const { verdict: plain } = verdict({ ...answer, tracking: 'reply' });
      expect(plain).toBe('accept');
      const outcome = verdict({ ...answer, options: true });
      expect(outcome.rule?.code).toBe('source-route');
      expect(outcome.verdict).toBe('drop');
    },
  );

  it('B06-10: nor does the host answer a machine by a way that a packet named', () => {
    for (const model of models)
      expect(renderRuleset(model)).toMatch(
        /chain to_machines \{\n\t\tip hdrlength != 5 counter drop/,
      );
  });

  it('B06-10: what goes to a bridge of ours keeps its address, wherever it says that it goes', () => {
    for (const model of models) {
      const text = renderRuleset(model);
      const chain = /\tchain own_source \{\n([^}]*)\}/.exec(text)?.[1] ?? '';
      expect(chain).toMatch(/^\t\tip saddr @subnets oifname @bridges snat ip to ip saddr comment/m);
      expect(chain).toMatch(
        /^\t\tip6 saddr @subnets6 oifname @bridges snat ip6 to ip6 saddr comment/m,
      );
    }
  });

  it('what a machine sends by its own bridge, and the host to itself, is not looked at', () => {
    const own = opening(firstModel, { from: 'a1', to: 'b1', protocol: 'tcp', port: 80 });
    expect(verdict(own).verdict).toBe('accept');
    expect(verdict({ ...own, iifname: 'eth0' }).verdict).toBe('drop');
    const itself = { ...own, hook: 'input', iifname: 'lo', oifname: '' } as const;
    expect(verdict({ ...itself, saddr: '10.60.0.254', daddr: '10.60.0.254' })).toEqual({
      verdict: 'accept',
    });
  });

  it('B06-10: the host answers nobody in the name of another network', () => {
    for (const family of [undefined, 6] as const) {
      const sent = { from: 'a1', to: 'gateway:a', protocol: 'icmp', ...(family && { family }) };
      const ping = opening(firstModel, sent as Packet);
      expect(verdict(ping).verdict).toBe('accept');
      for (const saddr of family ? ['fd00:60:0:1::77', '2001:db8::7'] : ['10.60.1.77', '192.0.2.7'])
        expect(verdict({ ...ping, saddr }).rule?.code).toBe('foreign-subnet');
    }
  });

  it('who has no address yet is nobody of a closed bridge without a network', () => {
    const closed = { owner: 'x', domain: 'lost', bridge: 'net-lost' };
    const [inet] = closedRules({ bridges: [closed], machines: [], strays: [] });
    const asks = opening(firstModel, { from: 'lan', to: 'gateway:a', protocol: 'udp', port: 67 });
    const broadcast = { ...asks, saddr: '0.0.0.0', daddr: '255.255.255.255' };
    expect(inet && evaluate(inet, broadcast)).toEqual({ verdict: 'accept' });
    expect(inet?.sets.find(({ name }) => name === 'subnets')?.elements).toEqual([]);
  });

  it('looks before fragments are put together, and by one lookup at what is ours', () => {
    const text = renderRuleset(firstModel);
    const chain = /\tchain origin \{\n([^}]*)\}/.exec(text)?.[1] ?? '';
    const lines = chain.split('\n').map((line) => line.trim());
    expect(lines.slice(0, 3)).toEqual([
      'type filter hook prerouting priority -450; policy accept;',
      'iifname vmap @origins comment "known-interface: from a bridge of ours, or from the host itself"',
      'ip saddr @subnets goto forged_origin',
    ]);
  });

  it('tells the log what it drops, and nothing else', () => {
    const text = renderRuleset({ ...firstModel, logDrops: true });
    expect(text).toMatch(/chain forged_origin \{\n\t\tlimit .* log .*\n\t\tcounter drop/);
    // Never before a drop that is of some packets only.
    expect(text).not.toMatch(/log prefix .*\n\t\t(?!counter drop)/);
  });

  it('a text from elsewhere may refuse the networks of domains before all rules, and nothing more', () => {
    const ours = { family: 'inet', table: 'anklume' };
    const hook = { chain: { ...ours, name: 'origin', hook: 'prerouting', prio: -450 } };
    const from = (right: unknown, field = 'saddr') => ({
      match: { op: '==', left: { payload: { protocol: 'ip', field } }, right },
    });
    const fault = (...expr: object[]) =>
      faultOf([hook, { rule: { ...ours, chain: 'origin', expr } }]);
    expect(fault(from('@subnets'), { goto: { target: 'forged_origin' } })).toBeUndefined();
    for (const wrong of [
      [from('@owned'), { drop: null }],
      [from('10.0.0.1'), { drop: null }],
      [from('@subnets', 'daddr'), { drop: null }],
      [from('@subnets'), { snat: { addr: '10.0.0.1' } }],
      [{ drop: null }],
    ])
      expect(fault(...wrong)).toBe('chain inet origin');
  });
});
