import { describe, expect, it } from 'vitest';
import {
  clearing,
  freeTableName,
  isPolicyTable,
  membersIn,
  ownerChain,
  ownerChainIn,
  ownerName,
  renamed,
  tablesOf,
} from './tables.ts';

describe('the tables of infrastructures', () => {
  it('say whose they are by a chain, whatever the name', () => {
    expect(ownerChain('home')).toBe('infrastructure/home');
    for (const name of ['home', 'My lab 2.0_x', 'Château', '研究室', '']) {
      const chain = ownerChain(name);
      expect(chain).toMatch(/^infrastructure\/[A-Za-z0-9._/-]+$/);
      expect(ownerChainIn(`table inet anklume {\n\tchain ${chain} {\n\t}\n}\n`)).toBe(chain);
      if (name !== '') expect(ownerName(chain)).toBe(name);
    }
    const long = ['研'.repeat(60), `${'研'.repeat(59)}x`].map(ownerChain);
    expect(new Set(long).size).toBe(2);
    for (const chain of long) expect(chain.length).toBeLessThan(256);
    expect(ownerChainIn('table inet anklume {\n\tchain forward {\n\t}\n}\n')).toBeUndefined();
  });

  it('are called anklume for the first, and by the name of the infrastructure for the others', () => {
    expect(freeTableName('home', new Set())).toBe('anklume');
    expect(freeTableName('home', new Set(['anklume']))).toBe('anklume-home');
    // Names that mean something else, that are taken, or that nft would not read.
    const taken = new Set(['anklume', 'anklume-home']);
    for (const name of ['closed', 'boot', 'home', 'my lab', 'Château', 'a'.repeat(63), '']) {
      const table = freeTableName(name, taken);
      expect(table).toMatch(/^anklume-[A-Za-z0-9._-]*-[0-9a-f]{8}$/);
      expect(isPolicyTable(table)).toBe(true);
      expect(table.length).toBeLessThan(64);
    }
    expect(freeTableName('my lab', taken)).not.toBe(freeTableName('my-lab', taken));
  });

  it('are renamed where a text opens or clears them, and nowhere else', () => {
    const text = [
      ...clearing(['anklume']),
      'table inet anklume {',
      '\tchain x {',
      '\t\taccept comment "table inet anklume"',
      '\t}',
      '}',
    ].join('\n');
    const other = renamed(text, 'anklume', 'anklume-b');
    expect(tablesOf(other)).toEqual(['anklume-b']);
    expect(other).toContain('comment "table inet anklume"');
    expect(renamed(other, 'anklume-b', 'anklume')).toBe(text);
  });

  it('tell the members of a set, from a text of ours and from a listing', () => {
    const ours =
      '\tset bridges {\n\t\ttype ifname\n\t\telements = {\n\t\t\t"net-a",\n\t\t\t"net-b",\n\t\t}\n\t}\n';
    const listed =
      '\tset bridges {\n\t\ttype ifname\n\t\telements = { "net-a",\n\t\t\t     "net-b" }\n\t}\n';
    for (const text of [ours, listed])
      expect(membersIn(text, 'bridges')).toEqual(['net-a', 'net-b']);
    expect(membersIn(ours, 'members')).toEqual([]);
  });
});
