import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { desiredWorld } from '../../../tests/integration/network/world.ts';
import type { NftObject } from '../load/listing.ts';
import { allowedFlows } from '../model/flows.ts';
import type { ForeignRules } from './judge.ts';
import { foreignRules } from './look.ts';
import { readForeignChains } from './read-nft.ts';

const model = allowedFlows(
  desiredWorld(
    61,
    [
      { name: 'pa', machines: ['pa-1', 'pa-2'] },
      { name: 'pb', machines: ['pb-1'], internet: false },
    ],
    [{ from: 'pa', to: 'pb', ports: [443] }],
  ),
);
const port = model.machines[0]?.card?.port ?? '';

function judged(json: string, text: string, bridged = false): ForeignRules[] {
  const { nftables } = JSON.parse(json) as { nftables: NftObject[] };
  const chains = readForeignChains(nftables, text);
  return foreignRules(
    model,
    { objects: nftables, chains },
    { older: [], uplinks: ['eth0'], bridged },
  );
}

/** What nft listed on a host on which the real program ran: JSON on the first line, then its text. */
async function recorded(name: string): Promise<[json: string, text: string]> {
  const url = new URL(`recorded/${name}.listing`, import.meta.url);
  const whole = await readFile(url, 'utf8');
  const end = whole.indexOf('\n');
  return [whole.slice(0, end), whole.slice(end + 1)];
}

const ways = (found: readonly ForeignRules[]) =>
  found.flatMap((one) => one.ways.map(({ en }) => en));

describe('B06-16: rules of others that close what should be open', () => {
  it('Docker: everything forwarded, and the lines that let it through', async () => {
    const found = judged(...(await recorded('docker')));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ chain: 'ip filter FORWARD', owner: 'Docker', does: 'closes' });
    expect(ways(found)).toEqual(['pa to the internet', 'pa to pb tcp/443']);
    expect(found[0]?.commands).toEqual([
      'iptables -I DOCKER-USER -i net-pa -j ACCEPT',
      'iptables -I DOCKER-USER -o net-pa -j ACCEPT',
      'iptables -I DOCKER-USER -i net-pb -j ACCEPT',
      'iptables -I DOCKER-USER -o net-pb -j ACCEPT',
    ]);
    // Where frames within a bridge pass the hook of IP too, neighbours suffer as well.
    expect(ways(judged(...(await recorded('docker')), true))).toContain('pa to pa');
  });

  it('ufw: what is forwarded, and what the host answers', async () => {
    const found = judged(...(await recorded('ufw')));
    expect(found.map(({ chain, owner, does }) => [chain, owner, does])).toEqual([
      ['ip filter INPUT', 'ufw', 'closes'],
      ['ip filter FORWARD', 'ufw', 'closes'],
    ]);
    expect(ways(found)).toEqual(
      expect.arrayContaining(['pa to DNS and DHCP', 'pa to the internet', 'pa to pb tcp/443']),
    );
    expect(found[1]?.commands).toContain('ufw route allow in on net-pa');
  });

  it('firewalld: the host’s answers, and what passes between domains', async () => {
    const found = judged(...(await recorded('firewalld')));
    expect(found.every(({ owner, does }) => owner === 'firewalld' && does === 'closes')).toBe(true);
    // Its zone lets out by the interface of the same zone what comes in by one of no zone.
    expect(ways(found).sort()).toEqual([
      'pa to DNS and DHCP',
      'pa to pb tcp/443',
      'pb to DNS and DHCP',
    ]);
    expect(found[0]?.commands).toContain(
      'firewall-cmd --permanent --zone=trusted --add-interface=net-pa',
    );
  });

  it.each(['ufw-open', 'firewalld-open'])(
    'with the lines that are told nothing is left: %s',
    async (name) => {
      expect(judged(...(await recorded(name)))).toEqual([]);
    },
  );

  it('a rule that only some packets meet may close, and is told as that', () => {
    const found = judged(...table('ip own', 'forward', [['limit', 'drop']]));
    expect(found.map(({ does, rule }) => [does, rule])).toEqual([['may-close', 'limit drop']]);
  });

  it.each([
    ['of another bridge', [['iifname docker0', 'drop']], []],
    [
      'let through before',
      [['iifname net-pa', 'accept'], ['oifname net-*', 'accept'], ['drop']],
      [],
    ],
    ['in a chain that is called', [['jump own'], ['accept']], ['closes']],
    ['behind a return', [['return'], ['drop']], []],
    ['of those that a program blocks', [['ip saddr @blocked', 'drop']], ['may-close']],
    ['by a word of iptables', [['xt conntrack', 'drop']], ['may-close']],
    ['with a remark', [['xt comment', 'drop']], ['closes']],
  ] as const)('%s', (_, rules, does) => {
    const more = [{ set: { family: 'ip', table: 'own', name: 'blocked', flags: ['dynamic'] } }];
    const own = [['drop']];
    const found = judged(...table('ip own', 'forward', rules, { own, more }));
    expect(found.map((one) => one.does)).toEqual(does);
  });

  it('B06-06: pins of another infrastructure are no suspicion; what it closes is told, with its own way out', () => {
    const blocked = {
      set: { family: 'inet', table: 'anklume', name: 'blocked', flags: ['dynamic'] },
    };
    const more = [
      { chain: { family: 'inet', table: 'anklume', name: 'infrastructure/other' } },
      blocked,
    ];
    const of = (...rules: string[][]) =>
      judged(...table('inet anklume', 'forward', rules, { more }));
    expect(of(['ip saddr @blocked', 'drop'])).toEqual([]);
    expect(of(['drop'])).toMatchObject([
      { does: 'closes', owner: 'anklume', commands: ['anklume network deploy'] },
    ]);
  });

  it('says how a chain of nobody known is made to let them through', () => {
    const [found] = judged(...table('inet mine', 'forward', [], { policy: 'drop' }));
    expect(found).toMatchObject({ rule: 'policy drop', does: 'closes' });
    expect(found?.commands.slice(0, 2)).toEqual([
      'nft insert rule inet mine base iifname net-pa accept',
      'nft insert rule inet mine base oifname net-pa accept',
    ]);
  });
});

describe('B06-14: rules of others that divert what is ours', () => {
  const how = (...words: Parameters<typeof table>) =>
    judged(...table(...words))
      .filter(({ does }) => does === 'diverts')
      .map((one) => one.how);

  it.each([
    ['ip own', 'prerouting', ['tcp dport 443', 'dup'], 'copy'],
    ['ip own', 'forward', ['dup'], 'copy'],
    ['ip own', 'prerouting', ['iifname net-pa', 'xt TEE'], 'copy'],
    ['ip own', 'prerouting', ['xt recent', 'xt TEE'], 'copy'],
    ['bridge own', 'forward', ['limit', 'dup'], 'copy'],
    ['netdev own', 'ingress', ['fwd'], 'forward'],
    ['netdev own', 'egress', ['tcp dport 443', 'fwd'], 'forward'],
    ['inet own', 'prerouting', ['iifname net-pa', 'tcp dport 443', 'dnat'], 'translate'],
    ['ip own', 'prerouting', ['dnat'], 'translate'],
    ['ip own', 'forward', ['iifname net-pa', 'ip daddr set'], 'change'],
    ['ip own', 'forward', ['oifname net-*', 'queue'], 'hand-over'],
  ] as const)('%s %s %s', (name, hook, rule, expected) => {
    expect(how(name, hook, [rule])).toEqual([expected]);
  });

  it.each([
    [
      'what a host does to all',
      'ip own',
      'prerouting',
      ['iifname != docker0', 'tcp dport 443', 'dnat'],
    ],
    ['of another interface', 'ip own', 'prerouting', ['iifname docker0', 'dup']],
    ['the way out', 'ip own', 'postrouting', ['masquerade']],
    ['a mark', 'ip own', 'prerouting', ['iifname net-pa', 'meta mark set']],
    ['conversations of others', 'inet own', 'forward', ['flow add']],
  ] as const)('leaves alone %s', (_, name, hook, rule) => {
    expect(how(name, hook, [rule])).toEqual([]);
  });

  it('a flow table that takes ours past the rules', () => {
    const dev = ['eth0', 'net-pa'];
    const more = [{ flowtable: { family: 'inet', table: 'own', name: 'ft', dev } }];
    expect(how('inet own', 'forward', [['flow add']], { more })).toEqual(['bypass']);
  });

  it('in a table that calls itself by the name of Incus, too', () => {
    expect(how('bridge incus', 'forward', [['dup']])).toEqual(['copy']);
    expect(port).toMatch(/^ank/);
  });
});

/** The words of a few looks and acts, as nft lists them. */
const WORDS: Readonly<Record<string, unknown>> = {
  'iifname net-pa': { match: { op: '==', left: { meta: { key: 'iifname' } }, right: 'net-pa' } },
  'iifname docker0': { match: { op: '==', left: { meta: { key: 'iifname' } }, right: 'docker0' } },
  'iifname != docker0': {
    match: { op: '!=', left: { meta: { key: 'iifname' } }, right: 'docker0' },
  },
  'oifname net-*': { match: { op: '==', left: { meta: { key: 'oifname' } }, right: 'net-*' } },
  'tcp dport 443': {
    match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: 443 },
  },
  'ip saddr @blocked': {
    match: { op: '==', left: { payload: { protocol: 'ip', field: 'saddr' } }, right: '@blocked' },
  },
  limit: { limit: { rate: 10, per: 'second' } },
  drop: { drop: null },
  accept: { accept: null },
  return: { return: null },
  dup: { dup: { addr: '10.0.0.1' } },
  fwd: { fwd: { dev: 'eth0' } },
  dnat: { dnat: { addr: '10.61.1.1' } },
  masquerade: { masquerade: null },
  queue: { queue: { num: 1 } },
  'ip daddr set': {
    mangle: { key: { payload: { protocol: 'ip', field: 'daddr' } }, value: '10.61.1.1' },
  },
  'meta mark set': { mangle: { key: { meta: { key: 'mark' } }, value: 5 } },
  'flow add': { flow: { op: 'add', flowtable: '@ft' } },
  'xt TEE': { xt: { type: 'target', name: 'TEE' } },
  'xt conntrack': { xt: { type: 'match', name: 'conntrack' } },
  'xt comment': { xt: { type: 'match', name: 'comment' } },
  'xt recent': { xt: { type: 'match', name: 'recent' } },
  'jump own': { jump: { target: 'own' } },
};

/** A table with one chain at a hook, and one that it may call: its two listings. */
function table(
  name: string,
  hook: string,
  rules: readonly (readonly string[])[],
  { policy = 'accept', own = [] as readonly (readonly string[])[], more = [] as unknown[] } = {},
): [json: string, text: string] {
  const [family = '', of = ''] = name.split(' ');
  const place = { family, table: of };
  const listed = (chain: string, those: typeof rules, first: number) =>
    those.map((words, index) => ({
      rule: { ...place, chain, handle: first + index, expr: words.map((word) => WORDS[word]) },
    }));
  const objects = [
    { table: { family, name: of } },
    { chain: { ...place, name: 'base', hook, prio: 0, policy } },
    { chain: { ...place, name: 'own' } },
    ...listed('base', rules, 10),
    ...listed('own', own, 50),
    ...more,
  ];
  const lines = (those: typeof rules, first: number) =>
    those.map((words, index) => `\t\t${words.join(' ')} # handle ${first + index}`);
  const text = [
    `table ${name} { # handle 1`,
    `\tchain base { # handle 1`,
    ...lines(rules, 10),
    `\t}`,
    `\tchain own { # handle 2`,
    ...lines(own, 50),
    `\t}`,
    `}`,
  ];
  return [JSON.stringify({ nftables: objects }), text.join('\n')];
}
