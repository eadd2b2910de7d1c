import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { desiredWorld, type WorldPolicy } from '../../../tests/integration/network/world.ts';
import type { Desired } from '../../world/tree/index.ts';
import { evaluate, type KernelPacket } from '../model/evaluate.ts';
import { explain, type Packet } from '../model/explain.ts';
import { allowedFlows, type FlowModel } from '../model/flows.ts';
import {
  errorPacket,
  OUTSIDE,
  opening,
  SOURCE_PORT,
  type SomeError,
} from '../proof/packets.test-kit.ts';
import { wallsFor } from './walls.ts';

const MACHINES = ['a1', 'a2', 'b1', 'b2', 'c1', 'd1'];
const NAMES = ['a', 'b', 'c', 'd', ...MACHINES];
const PORTS = [22, 53, 67, 80, 443, 5000];

const policy: fc.Arbitrary<WorldPolicy> = fc.record({
  from: fc.constantFrom(...NAMES, 'host', 'gone'),
  to: fc.constantFrom(...NAMES, 'host', 'gone'),
  ports: fc.oneof(
    fc.constant('all' as const),
    fc.uniqueArray(fc.constantFrom(...PORTS), { maxLength: 3 }),
  ),
  protocol: fc.constantFrom('tcp' as const, 'udp' as const, 'any' as const),
  bidirectional: fc.boolean(),
  description: fc.string(),
});

const world = fc
  .record({
    policies: fc.array(policy, { maxLength: 8 }),
    online: fc.boolean(),
    ipv6: fc.boolean(),
  })
  .map(({ policies, online, ipv6 }) =>
    desiredWorld(
      60,
      [
        { name: 'a', machines: ['a1', 'a2'], ipv6 },
        { name: 'b', machines: ['b1', 'b2'], internet: online, ipv6 },
        { name: 'c', machines: ['c1'], lan: online, ipv6 },
        { name: 'd', machines: ['d1'] },
      ],
      policies,
    ),
  );

const ends = ['internet', 'lan', ...MACHINES, 'gateway:a', 'gateway:b', 'gateway:c', 'gateway:d'];
const packet: fc.Arbitrary<Packet> = fc.record({
  from: fc.constantFrom('internet', 'lan', ...MACHINES),
  to: fc.constantFrom(...ends),
  protocol: fc.constantFrom('tcp' as const, 'udp' as const, 'icmp' as const),
  port: fc.constantFrom(...PORTS),
});
const sixth: fc.Arbitrary<Packet> = packet.map((one) => ({ ...one, family: 6 as const }));
const either = fc.oneof(packet, sixth);

const error: fc.Arbitrary<SomeError> = fc.record({
  sent: either,
  by: fc.constantFrom('internet', 'lan', ...MACHINES),
  towards: fc.constantFrom('client' as const, 'server' as const),
  says: fc.constantFrom('way' as const, 'refused' as const, 'end' as const, 'nothing' as const),
});

function answer({ icmp6, ...packet }: KernelPacket): KernelPacket {
  return {
    ...packet,
    iifname: packet.oifname,
    oifname: packet.iifname,
    saddr: packet.daddr,
    daddr: packet.saddr,
    sport: packet.dport,
    dport: packet.sport,
    echoRequest: false,
    tracking: 'reply',
  };
}

const passes = (model: FlowModel, kernelPacket: KernelPacket): boolean =>
  evaluate(wallsFor(model), kernelPacket).verdict === 'accept';
const isOutside = (end: string): boolean => end === 'internet' || end === 'lan';
const isOutsideAlone = ({ from, to }: Packet): boolean =>
  from === to || (isOutside(to) && isOutside(from));
const toGatewayFromOutside = ({ from, to }: Packet): boolean =>
  isOutside(from) && to.startsWith('gateway:');

/** Within a domain without IPv6 the table of the bridges decides, which is not looked at here. */
const isInsideWithout6 = (model: FlowModel, { from, to, family }: Packet): boolean => {
  const home = (name: string) => model.machines.find((one) => one.name === name)?.domain ?? name;
  const isDeclared = model.domains.some(({ name, ipv6 }) => name === home(from) && ipv6);
  return family === 6 && home(from) === home(to) && !isDeclared;
};

const withoutIpv6 = (desired: Desired): Desired => ({
  ...desired,
  domains: desired.domains.map(({ network: { ipv6, ...network }, ...domain }) => ({
    ...domain,
    network,
  })),
});

describe('walls', () => {
  // Matrix: NI-103
  test.prop([world, either], { numRuns: 1000, seed: 8 })(
    'P16-09: a packet that opens a conversation passes if and only if the model allows it',
    (desired, sent) => {
      // What reaches the host from outside is no packet of ours: the host's own firewall decides.
      fc.pre(!isOutsideAlone(sent) && !toGatewayFromOutside(sent));
      const model = allowedFlows(desired);
      fc.pre(!isInsideWithout6(model, sent));
      expect(passes(model, opening(model, sent))).toBe(explain(model, sent).allowed);
    },
    30_000,
  );

  test.prop([world, either], { numRuns: 1000, seed: 9 })(
    'an answer passes if and only if its conversation or the packet itself is allowed, whenever it was opened',
    (desired, sent) => {
      fc.pre(!isOutsideAlone(sent) && !sent.to.startsWith('gateway:'));
      const model = allowedFlows(desired);
      fc.pre(!isInsideWithout6(model, sent));
      const itself = { ...sent, from: sent.to, to: sent.from, port: SOURCE_PORT };
      const mayPass =
        explain(model, sent).allowed || (!isOutside(sent.from) && explain(model, itself).allowed);
      expect(passes(model, answer(opening(model, sent)))).toBe(mayPass);
    },
    30_000,
  );

  test.prop([world, error], { numRuns: 3000, seed: 13 })(
    'B06-01: an ICMP error passes if and only if its conversation is allowed, and an end of it says it, or a router beyond',
    (desired, one) => {
      const { sent, by } = one;
      fc.pre(!isOutsideAlone(sent) && !toGatewayFromOutside(sent));
      const model = allowedFlows(desired);
      fc.pre(!isInsideWithout6(model, sent));
      const kernelPacket = errorPacket(model, one);
      const { allowed, code } = explain(model, sent);
      // From outside to outside, or to the host about a conversation that there cannot be.
      const isElsewhere = kernelPacket.oifname === OUTSIDE.bridge || code === 'ipv6-off';
      fc.pre(kernelPacket.iifname !== OUTSIDE.bridge || !isElsewhere);
      const other = one.towards === 'client' ? sent.to : sent.from;
      const isBeyond = one.towards === 'client' && isOutside(sent.to) && isOutside(by);
      const fromBeyond = one.says === 'way' || (one.says === 'refused' && sent.protocol === 'tcp');
      const isSaidRight = one.says !== 'nothing' && (by === other || (isBeyond && fromBeyond));
      expect(passes(model, kernelPacket)).toBe(isSaidRight && allowed);
    },
    60_000,
  );

  test.prop([world, error], { numRuns: 500, seed: 14 })(
    'B06-01: whoever forges the address of an end gains nothing from another bridge',
    (desired, one) => {
      const model = allowedFlows(desired);
      const kernelPacket = errorPacket(model, { ...one, by: 'd1' });
      const forged = {
        ...kernelPacket,
        saddr: one.towards === 'client' ? kernelPacket.error?.server : kernelPacket.error?.client,
      };
      fc.pre(one.sent.from !== 'd1' && one.sent.to !== 'd1' && forged.saddr !== undefined);
      fc.pre(!isOutsideAlone(one.sent) && !toGatewayFromOutside(one.sent));
      expect(passes(model, { ...kernelPacket, ...forged, saddr: String(forged.saddr) })).toBe(
        false,
      );
    },
    30_000,
  );

  test.prop([world, packet], { numRuns: 1000, seed: 10 })(
    'no IPv6 packet leaves its bridge where none declares it',
    (declared, sent) => {
      const desired = withoutIpv6(declared);
      const model = allowedFlows(desired);
      const kernelPacket: KernelPacket = { ...opening(model, sent), family: 6 };
      fc.pre(kernelPacket.iifname !== kernelPacket.oifname);
      fc.pre(kernelPacket.iifname !== OUTSIDE.bridge || kernelPacket.hook === 'forward');
      expect(passes(model, kernelPacket)).toBe(false);
    },
    30_000,
  );

  test.prop([world], { numRuns: 200, seed: 11 })(
    'traffic between interfaces that are not ours is left alone',
    (desired) => {
      const model = allowedFlows(desired);
      const foreign = opening(model, {
        from: 'internet',
        to: 'internet',
        protocol: 'tcp',
        port: 22,
      });
      expect(evaluate(wallsFor(model), foreign)).toEqual({ verdict: 'accept' });
      expect(evaluate(wallsFor(model), { ...foreign, hook: 'input', oifname: '' })).toEqual({
        verdict: 'accept',
      });
    },
  );

  test.prop([world, fc.constantFrom('a', 'b', 'c')], { numRuns: 200, seed: 12 })(
    'a machine that takes an address of another domain gains no policy of that domain',
    (desired, name) => {
      const model = allowedFlows(desired);
      const bridge = `net-${name}`;
      const forged: KernelPacket = {
        ...opening(model, { from: 'd1', to: 'a1', protocol: 'tcp', port: 80 }),
        iifname: bridge,
        oifname: 'net-d',
        daddr: '10.60.3.1',
        saddr: '10.60.3.9',
      };
      expect(passes(model, forged)).toBe(false);
    },
  );
});
