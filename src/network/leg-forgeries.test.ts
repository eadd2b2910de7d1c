import { describe, expect, it } from 'vitest';
import { desiredWorld } from '../../tests/integration/network/world.ts';
import { evaluate } from './evaluate.ts';
import { allowedFlows } from './flows.ts';
import { exempt, planForgeries, unpinned } from './forgeries.ts';
import { guardFor } from './guard.ts';
import type { Chain } from './rules.ts';

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
