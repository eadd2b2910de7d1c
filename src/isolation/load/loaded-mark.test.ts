import { describe, expect, it } from 'vitest';
import { type NftObject, sameRules } from './listing.ts';
import { areMarked, markLines, withoutMarks } from './loaded-mark.ts';

const TEXT = `table inet anklume
delete table inet anklume
table inet anklume {
	chain forward {
		counter drop comment "closed"
	}
}
table bridge anklume {
	set members {
		type ifname
	}
}
`;

const rule = (comment: string, packets = 0): NftObject => ({
  rule: {
    ...{ family: 'inet', table: 'anklume', chain: 'forward', handle: 7, comment },
    expr: [{ counter: { packets, bytes: 0 } }, { drop: null }],
  },
});
const set = (...elem: string[]): NftObject => ({
  set: { family: 'bridge', table: 'anklume', name: 'members', type: 'ifname', elem },
});
const table = (family: string): NftObject => ({ table: { family, name: 'anklume', handle: 1 } });
const chain = (name: string): NftObject => ({
  chain: { family: 'inet', table: 'anklume', name, handle: 9 },
});
const base = [table('inet'), table('bridge'), chain('forward'), rule('closed'), set('a', 'b')];
const marks = (text: string, listed: readonly NftObject[]) =>
  markLines(text, listed)
    .trimEnd()
    .split('\n')
    .map((line) => chain(line.split(' ')[4] ?? ''));
const loaded = [...base, ...marks(TEXT, base)];

describe('B08-03: the mark that says from what a table was loaded', () => {
  it('is one empty chain a name, for the same transaction', () => {
    expect(markLines(TEXT, base)).toMatch(
      /^add chain inet anklume loaded\/[0-9a-f]{24}\/[0-9a-f]{24}\n$/,
    );
    expect(withoutMarks(loaded)).toMatch(/^delete chain inet anklume loaded\/\S+\n$/);
  });

  it('holds while the kernel lists the same: in any order of members, whatever was counted', () => {
    expect(areMarked(loaded, TEXT)).toBe(true);
    const counted = loaded.map((one) => (one.rule ? rule('closed', 12) : one));
    expect(areMarked(counted, TEXT)).toBe(true);
    const turned = loaded.map((one) => (one.set ? set('b', 'a') : one));
    expect(areMarked(turned, TEXT)).toBe(true);
  });

  it.each([
    ['a rule more', [...loaded, rule('open')]],
    ['a rule less', loaded.filter((one) => !one.rule)],
    ['another rule', loaded.map((one) => (one.rule ? rule('open') : one))],
    ['a member more', loaded.map((one) => (one.set ? set('a', 'b', 'c') : one))],
    ['a chain more', [...loaded, chain('own')]],
    ['a table gone', loaded.filter((one) => one.table?.family !== 'bridge')],
    ['no mark', base],
    ['two marks', [...loaded, chain('loaded/0/0')]],
    ['nothing loaded', []],
  ])('does not hold with %s', (_what, listed) => {
    expect(areMarked(listed, TEXT)).toBe(false);
  });

  it('holds beside tables of others, also of the same name in another family', () => {
    const theirs: NftObject[] = [
      { table: { family: 'inet', name: 'other' } },
      { table: { family: 'netdev', name: 'anklume' } },
      { chain: { family: 'netdev', table: 'anklume', name: 'copy' } },
    ];
    expect(areMarked([...loaded, ...theirs], TEXT)).toBe(true);
  });

  it('does not hold for another text, and is none of the rules', () => {
    expect(areMarked(loaded, TEXT.replace('closed', 'open'))).toBe(false);
    expect(sameRules(loaded, base)).toBe(true);
  });

  it('a text that clears a table holds where there is none', () => {
    const clearing = 'table inet anklume-closed\ndelete table inet anklume-closed\n';
    expect(areMarked(loaded, TEXT + clearing)).toBe(true);
    const other: NftObject = { table: { family: 'inet', name: 'anklume-closed' } };
    expect(areMarked([...loaded, other], TEXT + clearing)).toBe(false);
  });
});
