import { describe, expect, it } from 'vitest';
import { desiredWorld, type WorldPolicy } from '../../../tests/integration/network/world.ts';
import { MARK } from '../../world/tree/index.ts';
import { BOOT_GUARD, bootFiles } from '../load/boot-files.ts';
import { closedWorld } from '../load/closed.ts';
import { CLOSED_TABLE } from '../load/tables.ts';
import { allowedFlows } from '../model/flows.ts';
import { markedWorld } from '../model/marked.ts';
import { routerRuleset } from '../vm/router-rules.ts';
import { wholeGuard } from './boot-guard.ts';
import { closedRules } from './closed-rules.ts';
import { CODES, type Places } from './codes.ts';
import { codeAt, codeIn, commentOf } from './rule-comments.ts';
import { renderRuleset, tableText } from './ruleset.ts';

const POLICIES: readonly WorldPolicy[] = [
  { from: 'pro', to: 'perso', ports: [443, 8080], description: 'the wiki' },
  { from: 'perso-a', to: 'pro-a', protocol: 'udp', bidirectional: true },
  { from: 'lab', to: 'pro', protocol: 'any' },
  { from: 'pro-a', to: 'host', ports: [3142] },
  { from: 'admin', to: 'pro', ports: [22] },
];
const worldOf = (ipv6: boolean, policies = POLICIES) => ({
  ...desiredWorld(
    60,
    [
      { name: 'admin', machines: ['sys-firewall', 'adm'], ipv6 },
      { name: 'perso', machines: ['perso-a'], ipv6, lan: false },
      { name: 'pro', machines: ['pro-a', 'pro-b'], ipv6 },
      { name: 'lab', machines: ['lab-a'], internet: false },
    ],
    policies,
  ),
  logDrops: true,
});

/** What is closed: a bridge of nobody, a machine that nothing declares at home, and one elsewhere. */
function closedTexts(): string[] {
  const marks = { [MARK.project]: 'walls', [MARK.domain]: 'pro' };
  const machine = (name: string, network: string, digits: string) => ({
    ...{ name, project: 'default', status: 'Running', ephemeral: false },
    config: { ...marks, [MARK.machine]: name },
    expanded_config: {},
    expanded_devices: {
      eth0: {
        ...{ type: 'nic', network, host_name: `ank${digits}`, hwaddr: `02:00:00:00:00:${digits}` },
        ...{ 'ipv4.address': '10.60.2.9', 'security.ipv4_filtering': 'true' },
      },
    },
  });
  const network = (name: string, address: string) => ({
    ...{ name, type: 'bridge', managed: true },
    config: { ...marks, 'ipv4.address': address, 'ipv6.address': 'none' },
  });
  const marked = markedWorld({
    networks: [network('net-pro', '10.60.2.254/24'), network('net-old', '10.60.9.254/24')],
    instances: [machine('gone', 'net-pro', '11'), machine('lost', 'net-of-others', '22')],
  });
  const world = closedWorld(
    marked,
    { bridges: new Set(['net-pro']), ports: new Set() },
    { projectName: 'walls', bridges: new Set(['net-pro']), machines: new Set() },
  );
  expect(world.bridges).toHaveLength(1);
  expect(world.strays.map(({ home }) => home !== undefined).sort()).toEqual([false, true]);
  return closedRules(world).map(tableText);
}

/** The texts of worlds with all that rules can be about. */
function everyText(): string[] {
  const models = [false, true].flatMap((ipv6) =>
    (['host', 'vm'] as const).map((firewallMode) =>
      allowedFlows({ ...worldOf(ipv6), firewallMode }),
    ),
  );
  const rules = models.map(renderRuleset);
  const boot = bootFiles({ rules: rules[0] ?? '', routes: [] }).find(
    ({ path }) => path === BOOT_GUARD,
  );
  return [
    ...rules,
    ...models.flatMap((model) => routerRuleset(model) ?? []),
    ...closedTexts(),
    ...[wholeGuard(), boot?.text ?? ''],
  ];
}

interface Line {
  readonly table: keyof Places;
  readonly chain: string;
  readonly rule: string;
}

/** The rules of a text, as nft reads them. */
function linesOf(text: string): Line[] {
  let [table, chain]: [keyof Places, string] = ['inet', ''];
  return text.split('\n').flatMap((line): Line[] => {
    const [, family = '', name = ''] = /^table (\S+) (\S+) \{/.exec(line) ?? [];
    if (name !== '')
      table =
        name === 'anklume_router'
          ? 'router'
          : name === 'anklume-boot'
            ? 'boot'
            : family === 'bridge'
              ? 'bridge'
              : 'inet';
    const opened = /^\t(\S+) (\S+) \{/.exec(line);
    if (opened) chain = opened[1] === 'chain' ? (opened[2] ?? '') : '';
    if (chain === '' || !/^\t\t(?!type )/.test(line)) return [];
    return [{ table, chain, rule: line.trim() }];
  });
}

/** Maps that let packets through by themselves. */
const accepting = (text: string): string[] =>
  [...text.matchAll(/^\tmap (\S+) \{\n[^}]*?: accept,/gm)].map(([, name]) => name ?? '');

function decides({ rule }: Line, maps: readonly string[]): boolean {
  const bare = rule.replace(/ comment "[^"]*"$/, '');
  const looksUp = maps.some((map) => bare.endsWith(` vmap @${map}`));
  return looksUp || /(^| )(counter|accept|drop|reject|snat)( |$)/.test(bare);
}

const textOf = (line: Line) => `${line.table} ${line.chain}: ${line.rule}`;
const commentIn = ({ rule }: Line) => / comment "([^"]*)"$/.exec(rule)?.[1] ?? '';

describe('the codes of rules', () => {
  const texts = everyText();
  const deciding = texts.flatMap((text) => {
    const maps = accepting(text);
    return linesOf(text).filter((line) => decides(line, maps));
  });

  it('every rule that accepts, drops or counts has one, first in its comment, where the table of codes says', () => {
    expect(texts.filter((text) => text.includes(CLOSED_TABLE))).toHaveLength(2);
    expect(deciding.length).toBeGreaterThan(600);
    const without = deciding.filter(
      (line) => codeAt(line.table, line.chain, commentIn(line)) === undefined,
    );
    expect(without.map(textOf)).toEqual([]);
  });

  it('every code is in some rule, in each of its chains, and in no other', () => {
    const found = new Set(
      deciding.map((line) => {
        const chain = line.chain.replace(/\/.*$/, '/*');
        return `${codeIn(commentIn(line))}: ${line.table} ${chain}`;
      }),
    );
    const listed = Object.entries(CODES).flatMap(([code, { places }]) =>
      Object.entries(places).flatMap(([table, chains]: [string, string]) =>
        chains.split(' ').map((chain) => `${code}: ${table} ${chain}`),
      ),
    );
    expect([...found].sort()).toEqual([...new Set(listed)].sort());
    expect(new Set(listed).size).toBe(listed.length);
  });

  it('what a log says begins with the code of the drop behind it', () => {
    const lines = texts.flatMap(linesOf);
    const logs = lines.flatMap((line, at) => {
      const prefix = /log prefix "([^"]*)"/.exec(line.rule)?.[1];
      return prefix === undefined ? [] : [[prefix, lines[at + 1]] as const];
    });
    expect(logs.length).toBeGreaterThan(20);
    for (const [prefix, next] of logs)
      expect(prefix).toBe(`anklume ${next && codeIn(commentIn(next))}: `);
  });

  it('are words of the field, short, each with a sentence that a rule has room for', () => {
    for (const [code, { text }] of Object.entries(CODES)) {
      expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+){0,3}$/);
      expect(code).not.toMatch(/\b(card|leg|guard|walls?|passing|within|outward|inward|between)\b/);
      expect(Buffer.byteLength(`${code}: ${text.en}`)).toBeLessThan(100);
      expect(text.fr).not.toBe(text.en);
    }
    expect(new Set(Object.values(CODES).map(({ text }) => text.en)).size).toBe(
      Object.keys(CODES).length,
    );
  });

  it('words of a policy never pass for a code, nor does a comment of an earlier version', () => {
    const description = 'inter-domain: x';
    const text = renderRuleset(
      allowedFlows(worldOf(false, [{ from: 'pro', to: 'perso', description }])),
    );
    const told = linesOf(text).filter(({ rule }) => rule.includes(description));
    expect(new Set(told.map((line) => codeIn(commentIn(line))))).toEqual(
      new Set(['policy', 'policy-reply', 'policy-icmp']),
    );
    for (const old of ['answers: policy 1', 'errors: policy 1', 'policy 1, a to b: c', 'DHCP', ''])
      expect(codeIn(old)).toBeUndefined();
    for (const word of ['__proto__', 'constructor', 'toString'])
      expect(codeIn(`${word}: x`)).toBeUndefined();
    expect(codeAt('inet', 'between', commentOf('not-own-mac'))).toBeUndefined();
    expect(codeAt('bridge', 'prerouting', commentOf('not-own-mac'))).toBe('not-own-mac');
  });
});
