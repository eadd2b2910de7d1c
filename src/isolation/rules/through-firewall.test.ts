import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { desiredWorld, type WorldPolicy } from '../../../tests/integration/network/world.ts';
import { checkUntrustedRules } from '../load/untrusted-rules.ts';
import { evaluate, type KernelPacket } from '../model/evaluate.ts';
import { explain, type Packet } from '../model/explain.ts';
import { allowedFlows, type FlowModel } from '../model/flows.ts';
import { errorPacket, opening, type SomeError } from '../proof/packets.test-kit.ts';
import { hostRules, renderRuleset } from './ruleset.ts';

const MACHINES = ['sys-firewall', 'adm', 'a1', 'a2', 'b1', 'c1'];
const NAMES = ['anklume', 'a', 'b', 'c', ...MACHINES];

const policy: fc.Arbitrary<WorldPolicy> = fc.record({
  from: fc.constantFrom(...NAMES),
  to: fc.constantFrom(...NAMES),
  ports: fc.constantFrom('all' as const, [22, 443]),
  protocol: fc.constantFrom('tcp' as const, 'udp' as const),
  bidirectional: fc.boolean(),
});

const behindFirewall = (policies: readonly WorldPolicy[], sixth: readonly boolean[]): FlowModel =>
  allowedFlows({
    ...desiredWorld(
      60,
      [
        { name: 'anklume', machines: ['sys-firewall', 'adm'], ipv6: sixth[0] ?? false },
        { name: 'a', machines: ['a1', 'a2'], ipv6: sixth[1] ?? false },
        { name: 'b', machines: ['b1'], ipv6: sixth[2] ?? false },
        { name: 'c', machines: ['c1'] },
      ],
      policies,
    ),
    firewallMode: 'vm',
  });

const model = fc
  .record({
    policies: fc.array(policy, { maxLength: 6 }),
    sixth: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
  })
  .map(({ policies, sixth }) => behindFirewall(policies, sixth));

const sent: fc.Arbitrary<Packet> = fc
  .record({
    from: fc.constantFrom(...MACHINES),
    to: fc.constantFrom(...MACHINES),
    protocol: fc.constantFrom('tcp' as const, 'udp' as const, 'icmp' as const),
    port: fc.constantFrom(22, 443, 5000),
    family: fc.constantFrom(6 as const, undefined),
  })
  .map(({ family, ...rest }) => ({ ...rest, ...(family && { family }) }));

/** The firewall machine itself may say something on each of its bridges, as a router. */
const error: fc.Arbitrary<SomeError> = fc.record({
  sent,
  by: fc.constantFrom(...MACHINES.filter((name) => name !== 'sys-firewall')),
  towards: fc.constantFrom('client' as const, 'server' as const),
  says: fc.constantFrom('way' as const, 'end' as const, 'nothing' as const),
});

/** Steering leads what goes to a leg's network out of the bridge that it came from. */
function steeredOpening(flows: FlowModel, packet: Packet): KernelPacket {
  return led(flows, opening(flows, packet), packet);
}

function led(flows: FlowModel, first: KernelPacket, packet: Packet): KernelPacket {
  const legs = flows.firewall?.ports.filter(({ ipv6 }) => !packet.family || ipv6) ?? [];
  const isLed = [first.iifname, first.oifname].every((one) =>
    legs.some(({ bridge }) => bridge === one),
  );
  return isLed ? { ...first, oifname: first.iifname } : first;
}

const passes = (flows: FlowModel, packet: KernelPacket): boolean =>
  evaluate(hostRules(flows), packet).verdict === 'accept';

/** Within a domain without IPv6 the table of the bridges decides. */
const isInsideWithout6 = (flows: FlowModel, { from, to, family }: Packet): boolean => {
  const [one, other] = [from, to].map((end) => flows.machines.find(({ name }) => name === end));
  return family === 6 && one?.domain === other?.domain && one?.ip6 === undefined;
};

/** Milliseconds, on a machine that does much else. */
const SLOW = 60_000;

describe('the host behind a firewall machine', () => {
  test.prop([model, sent], { numRuns: 150, seed: 21 })(
    'P11-08: hands over what the model allows, in both families, and nothing else',
    (flows, packet) => {
      fc.pre(packet.from !== packet.to && !isInsideWithout6(flows, packet));
      expect(passes(flows, steeredOpening(flows, packet))).toBe(explain(flows, packet).allowed);
    },
    SLOW,
  );

  test.prop([model, sent], { numRuns: 100, seed: 22 })(
    'passes nothing from bridge to bridge, whatever policies say',
    (flows, packet) => {
      const first = opening(flows, packet);
      fc.pre(first.iifname !== first.oifname);
      expect(passes(flows, first)).toBe(false);
    },
    SLOW,
  );

  test.prop([model, error], { numRuns: 300, seed: 23 })(
    'B06-01: hands over the ICMP errors that an end of an allowed conversation sends, and no others',
    (flows, one) => {
      const { sent: about, by, towards, says } = one;
      fc.pre(about.from !== about.to && !isInsideWithout6(flows, about));
      const other = towards === 'client' ? about.to : about.from;
      const isRightful = says !== 'nothing' && by === other && explain(flows, about).allowed;
      expect(passes(flows, led(flows, errorPacket(flows, one), about))).toBe(isRightful);
    },
    SLOW,
  );

  it('says nothing of IPv6 to a world without it', () => {
    const text = renderRuleset(behindFirewall([{ from: 'a', to: 'b' }], []));
    expect(text).not.toMatch(/ip6 [sd]addr|icmpv6|ipv6_addr|legs?6|snat ip6/);
  });

  it('P08-06: writes rules that its own check of foreign texts takes', () => {
    const text = renderRuleset(
      behindFirewall([{ from: 'a', to: 'b', ports: [443] }], [true, true, true]),
    );
    expect(checkUntrustedRules(text).text).toBe(text);
    expect(text).toMatchSnapshot();
  });
});
