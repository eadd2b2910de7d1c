import { expect, it } from 'vitest';
import { wordsOf } from './delegated.ts';

it('P23-20: gives the flags of a command as one would type them, but for where it runs', () => {
  const flags = {
    json: true,
    quiet: false,
    noColor: true,
    limit: 'pro-dev',
    tags: ['networks', 'instances'],
    here: false,
    sync: true,
    socket: undefined,
    directory: '..',
  };
  expect(wordsOf(flags)).toEqual([
    ...['--json', '--no-color', '--limit', 'pro-dev', '--tags', 'networks,instances'],
  ]);
  expect(wordsOf({ tags: [] })).toEqual([]);
});
