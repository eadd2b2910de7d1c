import { describe, expect, it } from 'vitest';
import type { Step, Test } from './chains.ts';
import { readForeignChains } from './read-nft.ts';
import { readTest, readXtMatch } from './read-tests.ts';

const UNKNOWN: Test = { on: 'unknown' };
const meta = (key: string) => ({ meta: { key } });
const field = (protocol: string, name: string) => ({ payload: { protocol, field: name } });
const is = (left: unknown, right: unknown, op = '==') => ({ op, left, right });
const sets = (name: string) =>
  ({
    nets: ['10.0.0.1', { prefix: { addr: '10.1.0.0', len: 16 } }],
    timed: [{ elem: { val: 80, timeout: 5 } }, { range: [1000, 2000] }],
    pairs: [{ concat: ['10.0.0.1', 80] }, { concat: ['10.0.0.2', 81] }],
    pair: [{ concat: ['10.0.0.1', 80] }],
    odd: 'text',
  })[name];
const concat = { concat: [field('ip', 'saddr'), field('tcp', 'dport')] };

describe('a look of a rule of others', () => {
  it.each<[string, unknown, Test[]]>([
    ['iifname', is(meta('iifname'), 'eth0'), [{ on: 'iif', names: ['eth0'] }]],
    ['iif', is(meta('iif'), 'eth0', '!='), [{ on: 'iif', names: ['eth0'], not: true }]],
    ['oifname', is(meta('oifname'), { set: ['a', 'b*'] }), [{ on: 'oif', names: ['a', 'b*'] }]],
    ['oif', is(meta('oif'), 'x', '!='), [{ on: 'oif', names: ['x'], not: true }]],
    [
      'l4proto',
      is(meta('l4proto'), ['tcp', 'udp'], 'in'),
      [{ on: 'protocol', values: ['tcp', 'udp'] }],
    ],
    [
      'l4proto not',
      is(meta('l4proto'), 'tcp', '!='),
      [{ on: 'protocol', values: ['tcp'], not: true }],
    ],
    ['nfproto', is(meta('nfproto'), 'ipv4'), [{ on: 'family', value: 4 }]],
    ['protocol', is(meta('protocol'), 'ip6', '!='), [{ on: 'family', value: 6, not: true }]],
    ['both families', is(meta('nfproto'), { set: ['ipv4', 'ipv6'] }), [UNKNOWN]],
    ['arp', is(meta('protocol'), 'arp'), [{ on: 'never' }]],
    ['not arp', is(meta('protocol'), 'arp', '!='), [{ on: 'never', not: true }]],
    ['ether type', is(field('ether', 'type'), 'ip6'), [{ on: 'family', value: 6 }]],
    ['a mark', is(meta('mark'), 5), [UNKNOWN]],
    [
      'ct state',
      is({ ct: { key: 'state' } }, ['new', 'related'], 'in'),
      [{ on: 'state', values: ['new', 'related'] }],
    ],
    [
      'ct state not',
      is({ ct: { key: 'state' } }, 'new', '!='),
      [{ on: 'state', values: ['new'], not: true }],
    ],
    ['ct status', is({ ct: { key: 'status' } }, 'dnat'), [{ on: 'translated' }]],
    [
      'ct status not',
      is({ ct: { key: 'status' } }, 'dnat', '!='),
      [{ on: 'translated', not: true }],
    ],
    ['another status', is({ ct: { key: 'status' } }, 'snat'), [UNKNOWN]],
    ['another word of ct', is({ ct: { key: 'mark' } }, 1), [UNKNOWN]],
    ['fib', is({ fib: { result: 'type', flags: ['daddr'] } }, 'local'), [{ on: 'local' }]],
    [
      'fib not',
      is({ fib: { result: 'type', flags: ['daddr'] } }, 'local', '!='),
      [{ on: 'local', not: true }],
    ],
    [
      'fib of another type',
      is({ fib: { result: 'type', flags: ['daddr'] } }, 'unicast'),
      [UNKNOWN],
    ],
    ['fib of the source', is({ fib: { result: 'type', flags: ['saddr'] } }, 'local'), [UNKNOWN]],
    ['fib of a way', is({ fib: { result: 'oif', flags: ['daddr'] } }, 'local'), [UNKNOWN]],
    ['fib without flags', is({ fib: { result: 'type', flags: 'daddr' } }, 'local'), [UNKNOWN]],
    ['saddr', is(field('ip', 'saddr'), '10.0.0.1'), [{ on: 'saddr', within: ['10.0.0.1'] }]],
    [
      'daddr',
      is(field('ip6', 'daddr'), { prefix: { addr: 'fd00::', len: 8 } }, '!='),
      [{ on: 'daddr', within: ['fd00::/8'], not: true }],
    ],
    [
      'a range',
      is(field('ip', 'saddr'), { range: ['10.0.0.1', '10.0.0.9'] }),
      [{ on: 'saddr', within: ['10.0.0.1-10.0.0.9'] }],
    ],
    [
      'a set',
      is(field('ip', 'saddr'), '@nets'),
      [{ on: 'saddr', within: ['10.0.0.1', '10.1.0.0/16'] }],
    ],
    ['a set that is none', is(field('ip', 'saddr'), '@odd'), [UNKNOWN]],
    ['a set nobody knows', is(field('ip', 'saddr'), '@lost'), [UNKNOWN]],
    ['an address of arp', is(field('arp', 'saddr'), '10.0.0.1'), [UNKNOWN]],
    ['a member that is no address', is(field('ip', 'saddr'), { set: ['10.0.0.1', 5] }), [UNKNOWN]],
    [
      'dport',
      is(field('tcp', 'dport'), 443),
      [{ on: 'dport', protocol: 'tcp', ranges: [[443, 443]] }],
    ],
    [
      'sport of any',
      is(field('th', 'sport'), '@timed', '!='),
      [
        {
          on: 'sport',
          ranges: [
            [80, 80],
            [1000, 2000],
          ],
          not: true,
        },
      ],
    ],
    ['a port that is none', is(field('tcp', 'dport'), 'https'), [UNKNOWN]],
    ['a range that is none', is(field('tcp', 'dport'), { range: [1, 'x'] }), [UNKNOWN]],
    ['protocol of IP', is(field('ip', 'protocol'), 'gre'), [{ on: 'protocol', values: ['gre'] }]],
    [
      'next header',
      is(field('ip6', 'nexthdr'), 'tcp', '!='),
      [{ on: 'protocol', values: ['tcp'], not: true }],
    ],
    [
      'a message of ICMP',
      is(field('icmp', 'type'), 'echo-request'),
      [{ on: 'protocol', values: ['icmp'] }, UNKNOWN],
    ],
    [
      'one of ICMPv6',
      is(field('icmpv6', 'type'), 'echo-request'),
      [{ on: 'protocol', values: ['ipv6-icmp'] }, UNKNOWN],
    ],
    ['a type of something else', is(field('igmp', 'type'), 1), [UNKNOWN]],
    ['a length', is(field('ip', 'length'), 1), [UNKNOWN]],
    ['less than', is(field('tcp', 'dport'), 443, '<'), [UNKNOWN]],
    ['nothing', undefined, [UNKNOWN]],
    ['an empty left side', is(undefined, 1), [UNKNOWN]],
    [
      'one pair',
      is(concat, '@pair'),
      [
        { on: 'saddr', within: ['10.0.0.1'] },
        { on: 'dport', protocol: 'tcp', ranges: [[80, 80]] },
      ],
    ],
    [
      'several pairs',
      is(concat, '@pairs'),
      [
        { on: 'saddr', within: ['10.0.0.1', '10.0.0.2'] },
        {
          on: 'dport',
          protocol: 'tcp',
          ranges: [
            [80, 80],
            [81, 81],
          ],
        },
        UNKNOWN,
      ],
    ],
    ['not a pair', is(concat, '@pair', '!='), [UNKNOWN]],
    ['a pair that is none', is(concat, { set: ['10.0.0.1'] }), [UNKNOWN, UNKNOWN, UNKNOWN]],
  ])('%s', (_what, written, expected) => expect(readTest(written, sets)).toStrictEqual(expected));

  it.each<[string, string, Step[]]>([
    ['comment', '', []],
    [
      'conntrack',
      'ct state new,established counter drop',
      [{ on: 'state', values: ['new', 'established'] }],
    ],
    ['conntrack', 'ct state new ct direction original', [UNKNOWN]],
    ['conntrack', 'xt match conntrack', [UNKNOWN]],
    ['addrtype', 'fib daddr type local counter', [{ on: 'local' }]],
    ['addrtype', 'fib saddr type local', [UNKNOWN]],
    ['recent', 'ct state new fib daddr type local', [UNKNOWN]],
  ])('of iptables: %s as %j', (name, text, expected) => {
    expect(readXtMatch(name, text)).toStrictEqual(expected);
  });
});

describe('chains of others', () => {
  const place = { family: 'ip', table: 't' };
  const rule = (handle: number, ...expr: unknown[]) => ({
    rule: { ...place, chain: 'c', handle, expr },
  });
  const read = (objects: readonly object[], text = '', own?: ReadonlySet<string>) =>
    readForeignChains(objects as Parameters<typeof readForeignChains>[0], text, own);
  const stepsOf = (...expr: unknown[]) =>
    read([{ chain: { ...place, name: 'c' } }, rule(1, ...expr)])[0]?.rules.map(
      ({ steps }) => steps,
    );
  const divert = (how: string) => ({ do: 'divert', how });
  const accept = { accept: null };

  it('are read with hook, policy, devices and the text of their rules; our own are left out', () => {
    const objects = [
      { metainfo: { version: '1.0.6' } },
      { table: { family: 'ip', name: 't' } },
      { chain: { ...place, name: 'c', hook: 'forward', policy: 'drop' } },
      { chain: { ...place, name: 'empty' } },
      { chain: { family: 'netdev', table: 'd', name: 'in', hook: 'ingress', policy: 'accept' } },
      { chain: { family: 'netdev', table: 'd', name: 'one', hook: 'egress' } },
      { chain: { family: 'inet', table: 'own', name: 'c', hook: 'forward' } },
      rule(7, accept),
      rule(8, { drop: null }),
      { rule: { family: 'inet', table: 'own', chain: 'c', handle: 7, expr: [accept] } },
    ];
    const text = [
      'table ip t { # handle 1',
      '\tchain c { # handle 1',
      '\t\ttype filter hook forward priority filter; policy drop;',
      '\t\tcounter packets 0 bytes 0 accept # handle 7',
      '\t\tdrop # handle 8',
      '\t}',
      '}',
      'table netdev d { # handle 2',
      '\tchain in { # handle 1',
      '\t\ttype filter hook ingress devices = { eth0, "net-pa" } priority 0; policy accept;',
      '\t}',
      '\tchain one { # handle 2',
      '\t\ttype filter hook egress device "eth1" priority 0;',
      '\t}',
      '}',
    ].join('\n');
    const rest = { policy: 'accept', rules: [] };
    expect(read(objects, text, new Set(['own']))).toStrictEqual([
      {
        ...{ ...place, name: 'c', hook: 'forward', policy: 'drop' },
        rules: [
          { steps: [{ do: 'accept' }], text: 'counter packets 0 bytes 0 accept' },
          { steps: [{ do: 'drop' }], text: 'drop' },
        ],
      },
      { ...place, name: 'empty', ...rest },
      {
        family: 'netdev',
        table: 'd',
        name: 'in',
        hook: 'ingress',
        ...rest,
        devices: ['eth0', 'net-pa'],
      },
      { family: 'netdev', table: 'd', name: 'one', hook: 'egress', ...rest, devices: ['eth1'] },
    ]);
  });

  it.each<[string, unknown, unknown[]]>([
    ['accept', accept, [{ do: 'accept' }]],
    ['drop', { drop: null }, [{ do: 'drop' }]],
    ['return', { return: null }, [{ do: 'return' }]],
    ['reject', { reject: { type: 'tcp reset' } }, [{ do: 'reject' }]],
    ['jump', { jump: { target: 'x' } }, [{ do: 'jump', chain: 'x' }]],
    ['goto', { goto: { target: 'y' } }, [{ do: 'goto', chain: 'y' }]],
    ['dup', { dup: {} }, [divert('copy')]],
    ['fwd', { fwd: {} }, [divert('forward')]],
    ['queue', { queue: {} }, [divert('hand-over'), UNKNOWN, { do: 'drop' }]],
    ...['dnat', 'redirect', 'tproxy', 'snat', 'masquerade'].map(
      (word): [string, unknown, unknown[]] => [word, { [word]: null }, [divert('translate')]],
    ),
    ['flow', { flow: { op: 'add' } }, [divert('bypass')]],
    ...['saddr', 'daddr', 'sport', 'dport', 'ether'].map((name): [string, unknown, unknown[]] => [
      `mangle ${name}`,
      { mangle: { key: { payload: { field: name } }, value: 1 } },
      [divert('change')],
    ]),
    ['mangle ttl', { mangle: { key: { payload: { field: 'ttl' } } } }, []],
    ['mangle a mark', { mangle: { key: { meta: { key: 'mark' } } } }, []],
    ['mangle nothing', { mangle: null }, []],
    ...[
      'counter',
      'log',
      'last',
      'comment',
      'ct helper',
      'ct timeout',
      'ct expectation',
      'set',
      'map',
      'notrack',
      'secmark',
    ].map((word): [string, unknown, unknown[]] => [word, { [word]: null }, []]),
    ['something new', { quantum: null }, [UNKNOWN]],
    ['xt of older nft', { xt: null }, [UNKNOWN]],
    ['xt match', { xt: { type: 'match', name: 'comment' } }, []],
    ['xt match unknown', { xt: { type: 'match', name: 'recent' } }, [UNKNOWN]],
    ['xt target unknown', { xt: { type: 'target', name: 'LOG' } }, []],
    ['xt REJECT', { xt: { type: 'target', name: 'REJECT' } }, [{ do: 'reject' }]],
    ['xt TEE', { xt: { type: 'target', name: 'TEE' } }, [divert('copy')]],
    ...['DNAT', 'REDIRECT', 'NETMAP', 'SNAT', 'MASQUERADE', 'TPROXY'].map(
      (name): [string, unknown, unknown[]] => [
        `xt ${name}`,
        { xt: { type: 'target', name } },
        [divert('translate')],
      ],
    ),
    [
      'xt NFQUEUE',
      { xt: { type: 'target', name: 'NFQUEUE' } },
      [divert('hand-over'), UNKNOWN, { do: 'drop' }],
    ],
    ['xt FLOWOFFLOAD', { xt: { type: 'target', name: 'FLOWOFFLOAD' } }, [divert('bypass')]],
  ])('%s', (_what, written, expected) => expect(stepsOf(written)).toStrictEqual([expected]));

  it('a verdict map is a rule for each entry, before what follows', () => {
    const look = is(meta('iifname'), 'eth0');
    const data = { set: [[80, { drop: null }], [443, { jump: { target: 'x' } }], 'odd', [1]] };
    expect(
      stepsOf({ match: look }, { vmap: { key: field('tcp', 'dport'), data } }, accept),
    ).toStrictEqual([
      [
        { on: 'iif', names: ['eth0'] },
        { on: 'dport', protocol: 'tcp', ranges: [[80, 80]] },
        { do: 'drop' },
      ],
      [
        { on: 'iif', names: ['eth0'] },
        { on: 'dport', protocol: 'tcp', ranges: [[443, 443]] },
        { do: 'jump', chain: 'x' },
      ],
      [{ on: 'iif', names: ['eth0'] }, { do: 'accept' }],
    ]);
  });

  it('one by name is found in its own table; one that packets fill may do anything', () => {
    const map = (table: string, more: object) => ({
      map: { family: 'ip', table, name: 'm', elem: [['eth0', { drop: null }]], ...more },
    });
    const vmap = rule(1, { vmap: { key: meta('iifname'), data: '@m' } });
    const chain = { chain: { ...place, name: 'c' } };
    const steps = (...objects: object[]) => read([chain, ...objects, vmap])[0]?.rules[0]?.steps;
    const known = [{ on: 'iif', names: ['eth0'] }, { do: 'drop' }];
    const anything = [UNKNOWN, { do: 'drop' }];
    expect(steps(map('t', {}))).toStrictEqual(known);
    expect(steps(map('t', { flags: ['interval'] }))).toStrictEqual(known);
    expect(steps(map('t', { flags: ['dynamic'] }))).toStrictEqual(anything);
    expect(steps(map('t', { flags: ['timeout'] }))).toStrictEqual(anything);
    expect(steps(map('other', {}))).toStrictEqual(anything);
    const empty = { set: { ...place, name: 's' } };
    const inSet = rule(1, { match: is(field('ip', 'saddr'), '@s') });
    expect(read([chain, empty, inSet])[0]?.rules[0]?.steps).toStrictEqual([
      { on: 'saddr', within: [] },
    ]);
  });

  it('rules that are no list have no steps', () => {
    const odd = { rule: { ...place, chain: 'c', handle: 1, expr: 'x' } };
    expect(read([{ chain: { ...place, name: 'c' } }, odd])[0]?.rules).toEqual([
      { steps: [], text: '' },
    ]);
  });
});
