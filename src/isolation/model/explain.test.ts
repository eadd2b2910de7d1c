import { describe, expect, it } from 'vitest';
import { desiredWorld } from '../../../tests/integration/network/world.ts';
import { explain } from './explain.ts';
import { allowedFlows } from './flows.ts';

const model = allowedFlows(
  desiredWorld(
    60,
    [
      { name: 'perso', machines: ['perso-a'] },
      { name: 'pro', machines: ['pro-a', 'pro-b'] },
      { name: 'lab', machines: ['lab-a'], internet: false },
    ],
    [
      { from: 'perso', to: 'pro-a', ports: [8080] },
      { from: 'pro', to: 'host', ports: [3142] },
      { from: 'host', to: 'lab-a', ports: [22] },
      { from: 'lab', to: 'perso', ports: [53], protocol: 'udp', bidirectional: true },
    ],
  ),
);

describe('explain', () => {
  it.each([
    ['perso-a', 'pro-a', 'tcp', 8080, 1],
    ['pro-b', 'gateway:pro', 'tcp', 3142, 2],
    ['pro-b', 'host', 'tcp', 3142, 2],
    ['host', 'lab-a', 'tcp', 22, 3],
    ['lab-a', 'perso-a', 'udp', 53, 4],
    ['perso-a', 'lab-a', 'udp', 53, 4],
  ] as const)('%s -> %s %s/%i is allowed by policy %i', (from, to, protocol, port, policy) => {
    const decision = explain(model, { from, to, protocol, port });
    expect(decision).toMatchObject({ allowed: true, code: 'policy', policy });
  });

  it.each([
    ['perso-a', 'pro-b', 'tcp', 8080, 'inter-domain'],
    ['perso-a', 'pro-a', 'udp', 8080, 'inter-domain'],
    ['pro-a', 'perso-a', 'tcp', 8080, 'inter-domain'],
    ['perso-a', 'gateway:pro', 'icmp', undefined, 'host-closed'],
    ['pro-a', 'gateway:perso', 'tcp', 3142, 'host-closed'],
    ['perso-a', 'host', 'tcp', 22, 'host-closed'],
    ['lab-a', 'internet', 'tcp', 443, 'no-internet'],
    ['internet', 'pro-a', 'tcp', 8080, 'ingress'],
  ] as const)('%s -> %s %s/%s is closed: %s', (from, to, protocol, port, code) => {
    const packet = { from, to, protocol, ...(port !== undefined && { port }) };
    expect(explain(model, packet)).toMatchObject({ allowed: false, code });
  });

  it.each([
    ['pro-a', 'pro-b', 'tcp', 1, 'intra-domain'],
    ['pro-a', 'gateway:pro', 'udp', 53, 'own-gateway'],
    ['pro-a', 'gateway:pro', 'icmp', undefined, 'own-gateway'],
    ['host', 'pro-a', 'tcp', 22, 'from-host'],
    ['pro-a', 'internet', 'tcp', 443, 'egress'],
  ] as const)('%s -> %s %s/%s is allowed: %s', (from, to, protocol, port, code) => {
    const packet = { from, to, protocol, ...(port !== undefined && { port }) };
    expect(explain(model, packet)).toMatchObject({ allowed: true, code });
  });

  it('says that a name is nothing here', () => {
    const packet = { from: 'pro-a', to: 'nobody', protocol: 'icmp' } as const;
    expect(() => explain(model, packet)).toThrow(/not a machine/);
  });
});
