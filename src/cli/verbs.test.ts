import { expect, it } from 'vitest';
import { verbsOf } from './routes.ts';

it('a noun names its verbs, and a plain command or an unknown word has none', () => {
  expect(verbsOf('network')).toEqual(expect.arrayContaining(['rules', 'deploy', 'explain']));
  expect(verbsOf('sandbox')).not.toContain('list');
  expect(verbsOf('up')).toBeUndefined();
  expect(verbsOf('nothing')).toBeUndefined();
  expect(verbsOf(undefined)).toBeUndefined();
});
