import { describe, expect, it } from 'vitest';
import { desiredWorld } from '../../../tests/integration/network/world.ts';
import { explain, type Packet } from './explain.ts';
import { allowedFlows } from './flows.ts';

const six = allowedFlows(
  desiredWorld(
    60,
    [
      { name: 'perso', machines: ['perso-a'], ipv6: true },
      { name: 'pro', machines: ['pro-a'], ipv6: true, lan: false },
      { name: 'lab', machines: ['lab-a'] },
    ],
    [{ from: 'perso', to: 'pro', ports: [443], description: 'the wiki \u001b[31m' }],
  ),
);
const code = (packet: Packet): string => explain(six, packet).code;

describe('explain over IPv6', () => {
  it.each([
    ['perso-a', 'pro-a', 443, 'policy'],
    ['perso-a', 'pro-a', 80, 'inter-domain'],
    ['perso-a', 'lab-a', 443, 'ipv6-off'],
    ['lab-a', 'internet', 443, 'ipv6-off'],
    ['perso-a', 'gateway:perso', 53, 'own-gateway'],
    ['perso-a', 'gateway:pro', 53, 'host-closed'],
    ['perso-a', 'gateway:lab', 53, 'ipv6-off'],
    ['perso-a', 'internet', 443, 'egress'],
    ['perso-a', 'lan', 443, 'egress'],
    ['pro-a', 'internet', 443, 'egress-lan'],
    ['pro-a', 'lan', 443, 'egress-lan'],
    ['host', 'perso-a', 22, 'from-host'],
  ] as const)('%s -> %s tcp/%i: %s', (from, to, port, said) => {
    expect(code({ from, to, protocol: 'tcp', port, family: 6 })).toBe(said);
  });
});

describe('explain over IPv4', () => {
  it.each([
    ['pro-a', 'internet', 'egress'],
    ['pro-a', 'lan', 'egress-lan'],
    ['lan', 'pro-a', 'ingress'],
    ['internet', 'perso-a', 'ingress'],
    ['lab-a', 'gateway:lab', 'host-closed'],
    ['lab-a', 'gateway:pro', 'host-closed'],
    ['lab-a', 'host', 'host-closed'],
  ] as const)('%s -> %s: %s', (from, to, said) => {
    expect(code({ from, to, protocol: 'tcp', port: 443 })).toBe(said);
  });

  it('needs a port where a flow has some', () => {
    expect(code({ from: 'perso-a', to: 'pro-a', protocol: 'tcp' })).toBe('inter-domain');
  });

  it('tells a policy with its ways and its words, without what would move a cursor', () => {
    const packet = { from: 'perso-a', to: 'pro-a', protocol: 'tcp', port: 443 } as const;
    const { text } = explain(six, packet);
    expect(text.en).toMatch(/^policy 1 \(perso -> pro\) allows it: the wiki/);
    expect(text.fr).toMatch(/^la politique 1 \(perso -> pro\) l'autorise : the wiki/);
    expect(text.en).not.toContain('\u001b');
  });

  it('names what is nothing here, cut short, and a gateway of nothing too', () => {
    const to = (name: string) => () => explain(six, { from: 'pro-a', to: name, protocol: 'icmp' });
    expect(to('gateway:gone')).toThrow(
      expect.objectContaining({ code: 'unknown-end', remedy: expect.anything() }),
    );
    expect(to('x'.repeat(200))).toThrow(/x{80}(?!x)/);
  });
});

describe('explain behind a firewall machine', () => {
  const desired = desiredWorld(
    60,
    [
      { name: 'anklume', machines: ['sys-firewall', 'adm'] },
      { name: 'pro', machines: ['pro-a', 'pro-b'] },
    ],
    [{ from: 'anklume', to: 'pro', ports: [443] }],
  );
  const model = allowedFlows({ ...desired, firewallMode: 'vm' });
  it.each([
    ['sys-firewall', 'pro-a', 'firewall-machine'],
    ['pro-a', 'sys-firewall', 'firewall-machine'],
    ['sys-firewall', 'adm', 'intra-domain'],
    ['pro-a', 'pro-b', 'intra-domain'],
    ['adm', 'pro-a', 'policy'],
    ['sys-firewall', 'internet', 'egress'],
  ] as const)('%s -> %s: %s', (from, to, said) => {
    expect(explain(model, { from, to, protocol: 'tcp', port: 443 }).code).toBe(said);
  });
});
