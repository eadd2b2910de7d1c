import { expect, it } from 'vitest';
import type { NftObject } from './listing.ts';
import { updateText } from './update.ts';

const bridges = (...elem: string[]): NftObject => ({
  set: { name: 'bridges', type: 'ifname', elem },
});
const policies = (...elem: unknown[]): NftObject => ({
  map: { name: 'policies', type: ['ifname', 'ifname'], map: 'verdict', elem },
});
const leads = (from: string, to: string, target: string): unknown => [
  { concat: [from, to] },
  { jump: { target } },
];
const text =
  'table inet anklume\ndelete table inet anklume\ntable inet anklume {\n\tchain new {\n\t}\n}\n';

it('removes what goes, keeps what stays, and then states everything that is wanted', () => {
  const current = [
    { table: { family: 'inet', name: 'anklume' } },
    { chain: { name: 'old' } },
    { chain: { name: 'both' } },
    bridges('net-a', 'net-b'),
    policies(leads('net-a', 'net-b', 'both'), leads('net-b', 'net-a', 'old')),
    {
      set: {
        name: 'unknown',
        type: ['ifname', 'ipv4_addr'],
        elem: [{ concat: ['x', '10.0.0.1'] }],
      },
    },
  ];
  const wanted = [
    { chain: { name: 'both' } },
    { chain: { name: 'new' } },
    bridges('net-b', 'net-c'),
    policies(leads('net-a', 'net-b', 'new')),
  ];
  expect(updateText(text, current, wanted).split('\n')).toEqual([
    'flush table inet anklume',
    'delete element inet anklume bridges { "net-a" }',
    'delete element inet anklume policies { "net-a" . "net-b", "net-b" . "net-a" }',
    'delete element inet anklume unknown { "x" . 10.0.0.1 }',
    'delete set inet anklume unknown',
    'delete chain inet anklume old',
    'table inet anklume {',
    '\tchain new {',
    '\t}',
    '}',
    '',
  ]);
});

it('touches no member when only rules change', () => {
  const same = [bridges('net-a'), policies(leads('net-a', 'net-b', 'both'))];
  expect(updateText(text, same, same)).not.toContain('element');
});
