import { describe, expect, it } from 'vitest';
import { desiredWorld } from '../../../tests/integration/network/world.ts';
import { allowedFlows } from '../model/flows.ts';
import { renderRuleset } from '../rules/ruleset.ts';
import { checkUntrustedRules } from './untrusted-rules.ts';

const world = desiredWorld(
  80,
  [
    { name: 'pro', machines: ['pro-a', 'pro-b'] },
    { name: 'lab', machines: ['lab-a'], internet: false },
  ],
  [
    { from: 'pro', to: 'lab-a', ports: [22, 443], bidirectional: true },
    { from: 'lab', to: 'host', ports: [53], protocol: 'udp' },
    { from: 'pro-a', to: 'lab', description: 'include "/etc/shadow"; flush ruleset $x # é' },
  ],
);
const good = renderRuleset(allowedFlows(world));
const inChain = (line: string): string =>
  good.replace(/(chain forward \{\n.*\n)/, `$1\t\t${line}\n`);

describe('rules that come from elsewhere', () => {
  it('P08-06: what this tool writes passes, with every interface that it names', () => {
    const { text, interfaces } = checkUntrustedRules(good);
    expect(text).toBe(good);
    expect(interfaces).toEqual(expect.arrayContaining(['net-lab', 'net-pro']));
  });

  it.each([false, true])('with a firewall machine and with logging: %s', (logDrops) => {
    const other = { ...world, firewallMode: 'vm' as const, logDrops };
    expect(() => checkUntrustedRules(renderRuleset(allowedFlows(other)))).not.toThrow();
  });

  it.each([
    ['nothing', ''],
    ['a table that is cleared and not made', 'table inet anklume\ndelete table inet anklume\n'],
    ['one table of two', good.replaceAll(/^(delete )?table bridge.*\n/gm, '')],
    ['another table', `${good}table inet filter { }\n`],
    ['another table, whole', `${good}table ip filter {\n\tchain x {\n\t}\n}\n`],
    ['the deletion of another table', `delete table inet filter\n${good}`],
    ['the end of all rules', `flush ruleset\n${good}`],
    ['a file', `include "/etc/shadow"\n${good}`],
    ['a file, within', inChain('include "/etc/shadow"')],
    ['a variable', `define x = 1\n${good}`],
    ['a variable, used', inChain('ip saddr $x drop')],
    ['a command behind a semicolon', inChain('drop; flush ruleset')],
    ['a line that goes on', inChain('drop \\')],
    ['the end of the table and more', `${good}}\ntable inet x {\n`],
    ['a brace too many', `${good}}\n`],
    ['a table that stays open', good.slice(0, -3)],
    ['a chain named like a command', good.replace('chain between', 'chain include')],
    [
      'a hook before all others',
      good.replace('hook input priority -1', 'hook input priority -300'),
    ],
    ['a policy that drops', good.replace('policy accept', 'policy drop')],
    ['a network device hook', good.replace('hook input', 'hook ingress')],
    ['an interface with a wildcard', inChain('iifname "*" drop')],
    ['a wildcard that takes in more than disposables', inChain('iifname "ank*" drop')],
    ['an interface name too long', inChain(`iifname "${'x'.repeat(16)}" drop`)],
    ['the packets of another program', inChain('queue num 0')],
    ['a copy of traffic', inChain('dup to 10.0.0.1')],
    ['another destination', inChain('dnat to 10.0.0.1')],
    ['control characters', inChain('drop comment "\u001b[2J"')],
    ['a NUL', good.replace('chain', '\0chain')],
    ['a shell', inChain('`reboot`')],
    [
      'a variable declaration in the table',
      good.replace('\tset bridges {', '\tdefine y = 1\n\tset bridges {'),
    ],
    ['a stateful object', good.replace('\tset bridges {', '\tcounter c {\n\t}\n\tset bridges {')],
  ])('refuses %s', (_, text) => {
    expect(text).not.toBe(good);
    expect(() => checkUntrustedRules(text)).toThrow(
      expect.objectContaining({ code: 'rules-untrusted', exit: 2 }),
    );
  });
});
