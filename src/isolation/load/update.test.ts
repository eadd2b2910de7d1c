import { expect, it } from 'vitest';
import type { NftObject } from './listing.ts';
import { updateText } from './update.ts';

const bridges = (...elem: string[]): NftObject => ({
  set: { family: 'inet', table: 'anklume', name: 'bridges', type: 'ifname', elem },
});
const policies = (...elem: unknown[]): NftObject => ({
  map: {
    family: 'inet',
    table: 'anklume',
    name: 'policies',
    type: ['ifname', 'ifname'],
    map: 'verdict',
    elem,
  },
});
const leads = (from: string, to: string, target: string): unknown => [
  { concat: [from, to] },
  { jump: { target } },
];
const chain = (name: string): NftObject => ({ chain: { family: 'inet', table: 'anklume', name } });
const text =
  'table inet anklume\ndelete table inet anklume\ntable inet anklume {\n\tchain new {\n\t}\n}\n';

it('removes what goes, keeps what stays, and then states everything that is wanted', () => {
  const current = [
    { table: { family: 'inet', name: 'anklume' } },
    chain('old'),
    chain('both'),
    bridges('net-a', 'net-b'),
    policies(leads('net-a', 'net-b', 'both'), leads('net-b', 'net-a', 'old')),
    {
      set: {
        family: 'inet',
        table: 'anklume',
        name: 'unknown',
        type: ['ifname', 'ipv4_addr'],
        elem: [{ concat: ['x', '10.0.0.1'] }],
      },
    },
  ];
  const wanted = [
    chain('both'),
    chain('new'),
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

it('deletes a table that a text only clears, and leaves alone what it does not name', () => {
  const table = (name: string): NftObject => ({ table: { family: 'inet', name } });
  const closed: NftObject = {
    set: { family: 'inet', table: 'anklume-closed', name: 'bridges', type: 'ifname', elem: ['x'] },
  };
  const current = [table('anklume'), table('anklume-closed'), table('anklume-b'), closed];
  const clearing = 'table inet anklume-closed\ndelete table inet anklume-closed\n';
  expect(updateText(`${text}${clearing}`, current, [chain('new')]).split('\n')).toEqual([
    'flush table inet anklume',
    'delete table inet anklume-closed',
    'table inet anklume {',
    '\tchain new {',
    '\t}',
    '}',
    '',
  ]);
});

it('names subnets as nft reads them', () => {
  const prefix = (addr: string, len: number) => ({ prefix: { addr, len } });
  const homes = (...elem: unknown[]): NftObject => ({
    set: {
      family: 'inet',
      table: 'anklume',
      name: 'homes',
      type: ['ifname', 'ipv4_addr'],
      flags: ['interval'],
      elem,
    },
  });
  const subnets = (...elem: unknown[]): NftObject => ({
    set: {
      family: 'inet',
      table: 'anklume',
      name: 'subnets',
      type: 'ipv4_addr',
      flags: ['interval'],
      elem,
    },
  });
  const before = [
    homes({ concat: ['net-a', prefix('10.1.0.0', 24)] }),
    subnets(prefix('10.1.0.0', 24), '10.2.0.7'),
  ];
  expect(
    updateText(text, before, [homes(), subnets()])
      .match(/^delete.*/gm)
      ?.slice(0, 2),
  ).toEqual([
    'delete element inet anklume homes { "net-a" . 10.1.0.0/24 }',
    'delete element inet anklume subnets { 10.1.0.0/24, 10.2.0.7 }',
  ]);
});

it('takes away a timeout that is no longer wanted, behind the rules that used it', () => {
  const timeout = (name: string): NftObject => ({
    'ct timeout': { family: 'inet', table: 'anklume', name },
  });
  const before = [{ table: { family: 'inet', name: 'anklume' } }, timeout('kept'), timeout('old')];
  expect(
    updateText(text, before, [timeout('kept')])
      .split('\n')
      .slice(0, 3),
  ).toEqual([
    'flush table inet anklume',
    'delete ct timeout inet anklume old',
    'table inet anklume {',
  ]);
});
