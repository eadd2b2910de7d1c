import { describe, expect, it } from 'vitest';
import { withSeed } from './seed.ts';

const EMPTY = { version: 1, entries: [] } as const;
const names = (text: string) => withSeed(EMPTY, text, '1').entries.map(({ name }) => name);

describe('what bootstrap.sh brought', () => {
  it('B09-01: is in the ledger, with the packages that came along', () => {
    const text = 'tree /opt/anklume\npackages apt nodejs libuv1 nodejs \ntree /opt/anklume\n';
    const { entries } = withSeed(EMPTY, text, '1');
    expect(entries.map(({ name, state }) => [name, state])).toEqual([
      ['tree:/opt/anklume', 'done'],
      ['packages:nodejs', 'done'],
    ]);
    expect(entries[1]?.former).toEqual({ before: [], planned: ['libuv1', 'nodejs'] });
  });

  it.each([
    'tree /',
    'tree /opt/anklume/../..',
    'link /bin/sh /x',
    'packages apt bash bash',
    'x',
    '',
  ])('is nothing that the script does not bring: %j', (line) => expect(names(line)).toEqual([]));
});
