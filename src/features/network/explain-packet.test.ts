import { expect, it } from 'vitest';
import { desiredWorld } from '../../../tests/integration/network/world.ts';
import { explainPacket, openPorts } from './explain-packet.ts';

const desired = desiredWorld(60, [
  { name: 'a', machines: ['a1'] },
  { name: 'b', machines: ['b1'] },
]);

it('an end is named as machines are everywhere, or is the host, the internet or a gateway', () => {
  const of = (from: string, to: string) => explainPacket(desired, { from, to }).packet;
  expect(of('a1', 'b/b1')).toMatchObject({ from: 'a1', to: 'b1', protocol: 'icmp' });
  for (const end of ['host', 'internet', 'lan', 'gateway:b'])
    expect(of('a/a1', end)).toMatchObject({ from: 'a1', to: end });
  for (const nobody of ['b/a1', 'nobody', 'a'])
    expect(() => of(nobody, 'b1')).toThrow(expect.objectContaining({ exit: 2 }));
});

it('the ports that are open between two ends are those of the policies, all of them where all are', () => {
  const policy = { description: '', from: 'a', to: 'b', bidirectional: false };
  const world = {
    ...desired,
    policies: [
      { ...policy, ports: [443, 80], protocol: 'tcp' as const },
      { ...policy, ports: [53], protocol: 'udp' as const },
    ],
  };
  expect(openPorts(world, { from: 'a1', to: 'b1' })).toEqual(['tcp 80 443', 'udp 53']);
  expect(openPorts(world, { from: 'b1', to: 'a1' })).toEqual([]);
  const open = {
    ...desired,
    policies: [{ ...policy, ports: 'all' as const, protocol: 'tcp' as const }],
  };
  expect(openPorts(open, { from: 'a1', to: 'b1' })).toEqual(['tcp all']);
});
