import { describe, expect, it } from 'vitest';
import { desiredWorld, type WorldPolicy } from '../../../tests/integration/network/world.ts';
import { checkUntrustedRules } from '../load/untrusted-rules.ts';
import { allowedFlows } from '../model/flows.ts';
import { renderRuleset } from './ruleset.ts';

const domains = [
  { name: 'perso', machines: ['perso-a'] },
  { name: 'pro', machines: ['pro-a', 'pro-b'] },
];

function textFor(...policies: WorldPolicy[]): string {
  return renderRuleset(allowedFlows(desiredWorld(60, domains, policies)));
}

/** The chains that exist because of policies. */
function policyChains(text: string): string {
  const chains = text.match(/\tchain (host_)?policies\/[^}]*(\{[^}]*\}[^}]*)*?\n\t\}/g);
  return (chains ?? []).join('\n').replaceAll('\t', '  ');
}

describe('the text of the rules', () => {
  it('is one transaction on the two tables anklume and nothing else', () => {
    const text = textFor();
    expect(text.split('\n').slice(0, 5)).toEqual([
      'table inet anklume',
      'delete table inet anklume',
      'table bridge anklume',
      'delete table bridge anklume',
      'table inet anklume {',
    ]);
    expect(text.match(/^table|^delete|^add|^flush/gm)).toEqual([
      ...Array(2).fill(['table', 'delete']).flat(),
      'table',
      'table',
    ]);
  });

  it('P08-07: hooks forward and input right before Incus, and one before all', () => {
    const hooks = textFor().match(/type filter hook .*/g);
    expect(hooks).toEqual([
      'type filter hook forward priority -1; policy accept;',
      'type filter hook input priority -1; policy accept;',
      'type filter hook prerouting priority -450; policy accept;',
      'type filter hook output priority -1; policy accept;',
      'type filter hook prerouting priority -201; policy accept;',
      'type filter hook forward priority -201; policy accept;',
      'type filter hook input priority -201; policy accept;',
    ]);
  });

  it('tells the log before it drops, and only when asked', () => {
    const desired = desiredWorld(60, [{ name: 'pro', machines: [] }]);
    const text = renderRuleset(allowedFlows({ ...desired, logDrops: true }));
    const log = 'limit rate 10/second burst 20 packets log prefix "anklume inter-domain: "';
    expect(text).toMatch(new RegExp(`${log}\n\t\tcounter drop`));
    expect(renderRuleset(allowedFlows(desired))).not.toContain('log prefix');
  });

  it('P16-09: without policies nothing is opened', () => {
    expect(policyChains(textFor())).toBe('');
    expect(textFor()).toMatchSnapshot();
  });

  it('P11-08: behind a firewall machine', () => {
    const desired = desiredWorld(
      60,
      [{ name: 'anklume', machines: ['sys-firewall'] }, ...domains],
      [{ from: 'perso', to: 'pro', ports: [443] }],
    );
    const model = allowedFlows({ ...desired, firewallMode: 'vm' });
    expect(renderRuleset(model)).toMatchSnapshot();
  });

  it('P16-09: domain to domain, some ports', () => {
    const policy = { from: 'perso', to: 'pro', ports: [8080, 443], description: 'the printer' };
    expect(policyChains(textFor(policy))).toMatchSnapshot();
  });

  it('P16-09: machine to machine', () => {
    const policy = { from: 'perso-a', to: 'pro-b', ports: [22], protocol: 'tcp' } as const;
    expect(policyChains(textFor(policy))).toMatchSnapshot();
  });

  it('P16-09: all ports of UDP, both ways', () => {
    const policy = { from: 'perso', to: 'pro-a', protocol: 'udp', bidirectional: true } as const;
    expect(policyChains(textFor(policy))).toMatchSnapshot();
  });

  it('P16-09: to the host', () => {
    const policy = { from: 'pro-a', to: 'host', ports: [3142] };
    expect(policyChains(textFor(policy))).toMatchSnapshot();
  });

  it('P16-09: from the host, which reaches everything as it is', () => {
    expect(policyChains(textFor({ from: 'host', to: 'pro', ports: [22] }))).toBe('');
  });

  it('opens nothing for a list without ports, a policy within a domain, or a name that is nothing', () => {
    const text = textFor(
      { from: 'perso', to: 'pro', ports: [] },
      { from: 'pro-a', to: 'pro-b' },
      { from: 'gone', to: 'pro' },
    );
    expect(policyChains(text)).toBe('');
  });

  it('is the same whatever the order of domains, machines and ports', () => {
    const policy = { from: 'perso', to: 'pro', ports: [443, 8080, 443] };
    const model = allowedFlows(desiredWorld(60, domains, [policy]));
    const desired = desiredWorld(60, domains, [{ ...policy, ports: [8080, 443] }]);
    const shuffled = { ...desired, domains: [...desired.domains].reverse() };
    expect(renderRuleset(allowedFlows(shuffled))).toBe(renderRuleset(model));
  });

  it('P16-07: hostile words of a description stay inside a comment', () => {
    const description = '"; }\n delete table inet incus; # \u202e \u001b[31m \\" $(reboot)';
    const lines = policyChains(textFor({ from: 'perso', to: 'pro', description })).split('\n');
    expect(lines).toHaveLength(6);
    expect(lines[1]).toMatch(/ comment "[^"\\;]*; [^"\\\n]*"$/);
  });

  it('P08-01: with IPv6 declared, both families say the same, and the text is recognised as ours', () => {
    const six = domains.map((domain) => ({ ...domain, ipv6: true }));
    const policy = { from: 'perso', to: 'pro-b', ports: [443] };
    const text = renderRuleset(allowedFlows(desiredWorld(60, six, [policy])));
    expect(policyChains(text)).toContain('ip saddr 10.60.0.0/24 ip daddr 10.60.1.2 tcp dport 443');
    expect(policyChains(text)).toContain(
      'ip6 saddr fd00:60::/64 ip6 daddr fd00:60:0:1::2 tcp dport 443',
    );
    expect(checkUntrustedRules(text).text).toBe(text);
    expect(text).toMatchSnapshot();
  });

  it('without the firewall machine that it waits for, IPv6 of two domains is handed over nowhere', () => {
    const six = domains.map((domain) => ({ ...domain, ipv6: true }));
    const policies = [{ from: 'perso', to: 'pro', ports: [443] }];
    const desired = { ...desiredWorld(60, six, policies), firewallMode: 'vm' as const };
    const text = renderRuleset(allowedFlows(desired));
    expect(text).toContain('comment "via-firewall: ');
    expect(text).not.toContain('goto steered');
    expect(text).not.toContain('jump policies');
    expect(text).not.toContain('leg6');
  });

  // Matrix: NI-304
  it('P16-07: hostile names never reach a ruleset', () => {
    const desired = desiredWorld(60, domains);
    const hostile = desired.domains.map((domain) => ({
      ...domain,
      network: { ...domain.network, name: 'a" accept' },
    }));
    expect(() => allowedFlows({ ...desired, domains: hostile })).toThrow(/cannot be used/);
  });

  it('holds back from the local network what says so, from the internet what says so, and logs each drop', () => {
    const closing = [
      { name: 'on', machines: ['on-a'] },
      { name: 'off', machines: ['off-a'], internet: false },
      { name: 'web', machines: ['web-a'], lan: false },
    ];
    const desired = desiredWorld(60, closing, [{ from: 'web', to: 'host', ports: [22] }]);
    const text = renderRuleset(allowedFlows({ ...desired, logDrops: true }));
    const elementsOf = (set: string) =>
      text.match(new RegExp(`set ${set} \\{[^}]*elements = \\{([^}]*)\\}`))?.[1]?.match(/net-\w+/g);
    expect(elementsOf('no_lan')).toEqual(['net-off', 'net-web']);
    expect(elementsOf('online')).toEqual(['net-on', 'net-web']);
    expect(text).toMatchSnapshot();
  });

  it('gives the firewall machine no way of its own between domains, whatever policies say', () => {
    const desired = desiredWorld(
      60,
      [{ name: 'anklume', machines: ['adm', 'sys-firewall'] }, ...domains],
      [
        { from: 'sys-firewall', to: 'pro', ports: [443] },
        { from: 'pro', to: 'sys-firewall', ports: [443] },
        { from: 'adm', to: 'pro', ports: [22] },
      ],
    );
    const text = policyChains(renderRuleset(allowedFlows({ ...desired, firewallMode: 'vm' })));
    expect(text).toContain('dport 22');
    expect(text).not.toContain('443');
  });

  it('orders chains by their bridges, whatever the order of the policies', () => {
    const three = [...domains, { name: 'lab', machines: ['lab-a'] }];
    const policies = [
      { from: 'pro', to: 'perso', ports: [1] },
      { from: 'perso', to: 'lab', ports: [2] },
      { from: 'lab', to: 'pro', ports: [3] },
      { from: 'pro', to: 'host', ports: [4] },
      { from: 'lab', to: 'host', ports: [5] },
    ];
    const text = renderRuleset(allowedFlows(desiredWorld(60, three, policies)));
    const names = (text.match(/(?<=chain )(host_)?policies\/\S+/g) ?? []).map(String);
    const between = names.filter((one) => one.startsWith('policies'));
    expect(between).toEqual([...between].sort());
    expect(between).toHaveLength(6);
    expect(names.filter((one) => one.startsWith('host_'))).toEqual([
      'host_policies/net-lab',
      'host_policies/net-pro',
    ]);
  });

  it('names what a policy names and nothing declares', () => {
    const { unknownNames } = allowedFlows(
      desiredWorld(60, domains, [
        { from: 'perso', to: 'pro' },
        { from: 'gone', to: 'host' },
      ]),
    );
    expect(unknownNames).toEqual([{ policy: 2, name: 'gone' }]);
  });
});
