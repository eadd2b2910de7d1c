import { expect, it } from 'vitest';
import { dropCounters } from './counters.ts';
import { faultOf } from './kernel-check.ts';
import { stepsOf } from './trace.ts';

it('reads what the kernel did with the first packet, without our own table', () => {
  const lines = [
    'add table inet anklume_trace_1',
    '# new generation 7 by process 1 (nft)',
    'trace id aa bridge anklume_trace_1 entry packet: iif "veth" ip saddr 10.0.0.1 ',
    'trace id aa bridge anklume_trace_1 entry rule ip saddr 10.0.0.1 meta nftrace set 1 (verdict continue)',
    'trace id aa bridge anklume_trace_1 entry policy accept ',
    'trace id bb inet anklume_trace_1 entry packet: iif "net-a" ip saddr 10.0.0.1 ',
    'trace id bb inet anklume forward rule iifname @bridges goto between (verdict goto between)',
    'trace id bb inet anklume between rule counter packets 1 bytes 2 drop comment "closed (all)" (verdict drop)',
    'trace id aa bridge anklume_trace_1 entry packet: iif "veth" ip saddr 10.0.0.1 ',
    'trace id aa inet anklume forward rule iifname @bridges goto between (verdict goto between)',
  ];
  expect(stepsOf(lines.join('\n'), 'anklume_trace_1')).toEqual([
    {
      chain: 'inet anklume forward',
      rule: 'iifname @bridges goto between',
      verdict: 'goto between',
    },
    {
      chain: 'inet anklume between',
      rule: 'counter drop comment "closed (all)"',
      verdict: 'drop',
    },
  ]);
  expect(stepsOf('', 'x')).toEqual([]);
});

it('reads policies and unknown rules, and makes control characters visible', () => {
  const lines = [
    'trace id a inet incus fwd.x unknown rule handle 4 (verdict accept)',
    'trace id a inet filter FORWARD\tx policy drop ',
    'trace id a ip filter FORWARD policy drop ',
    'trace id a ip filter x rule comment "\u001b[2J" (verdict accept)',
  ];
  expect(stepsOf(lines.join('\n'), 't')).toEqual([
    { chain: 'inet incus fwd.x', rule: 'handle 4', verdict: 'accept' },
    { chain: 'ip filter FORWARD', verdict: 'drop' },
    { chain: 'ip filter x', rule: 'comment "\\x1b[2J"', verdict: 'accept' },
  ]);
});

it('counts what was dropped, rule by rule', () => {
  const ours = { family: 'inet', table: 'anklume' };
  const rule = (expr: object[], comment?: string) => ({
    rule: { ...ours, chain: 'between', expr, ...(comment && { comment }) },
  });
  const counter = { counter: { packets: 3, bytes: 84 } };
  const counted = { ...ours, chain: 'between', packets: 3, bytes: 84 };
  expect(
    dropCounters([
      { chain: { name: 'between' } },
      rule([counter, { drop: null }], 'closed'),
      rule([counter, { accept: null }]),
      rule([{ drop: null }]),
      rule([counter, { drop: null }], 'inter-domain: domains are closed to each other'),
      // A word that is no code, and a code that cannot stand in this chain.
      rule([counter, { drop: null }], '__proto__: x'),
      rule([counter, { drop: null }], 'not-own-mac: by hand'),
    ]).map(({ code, meaning, ...one }) => [code, meaning?.fr, one]),
  ).toEqual([
    [undefined, undefined, { ...counted, comment: 'closed' }],
    [
      'inter-domain',
      'les domaines sont fermés les uns aux autres',
      { ...counted, comment: 'inter-domain: domains are closed to each other' },
    ],
    [undefined, undefined, { ...counted, comment: '__proto__: x' }],
    [undefined, undefined, { ...counted, comment: 'not-own-mac: by hand' }],
  ]);
});

it('finds what a listing holds beside our tables, and rules that look at no card', () => {
  const ours = { family: 'inet', table: 'anklume' };
  const hook = { chain: { ...ours, name: 'forward', hook: 'forward', prio: -1 } };
  const card = { match: { op: '==', left: { meta: { key: 'iifname' } }, right: '@bridges' } };
  const not = { match: { op: '!=', left: { meta: { key: 'iifname' } }, right: '@bridges' } };
  const map = (key: object) => ({ vmap: { key, data: '@pairs' } });
  const rule = (expr: object[]) => ({ rule: { ...ours, chain: 'forward', expr } });
  const table = { table: { family: 'inet', name: 'anklume' } };
  const metainfo = { metainfo: { version: '1' } };
  expect(faultOf([metainfo, table, hook, rule([card, { drop: null }])])).toBeUndefined();
  expect(faultOf([hook, rule([map({ concat: [{ meta: { key: 'iifname' } }] })])])).toBeUndefined();
  expect(faultOf([hook, rule([map({ meta: { key: 'mark' } })])])).toBe('chain inet forward');
  expect(faultOf([hook, rule([{ drop: null }])])).toBe('chain inet forward');
  expect(faultOf([hook, rule([not, { drop: null }])])).toBe('chain inet forward');
  expect(faultOf([{ table: { family: 'ip', name: 'nat' } }])).toBe('table nat');
  expect(faultOf([{ chain: { family: 'ip', table: 'anklume', name: 'x' } }])).toBe('table anklume');
  expect(faultOf([{ flowtable: { ...ours, name: 'f' } }])).toBe('flowtable f');
});
