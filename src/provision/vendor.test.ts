import { expect, it } from 'vitest';
import { mustFetch } from './vendor.ts';

it.each([
  ['without a list', { isRoleMissing: true }, false],
  ['when a role is nowhere', { list: 'a', isRoleMissing: true }, true],
  [
    'when a role is nowhere that the same list may have failed to bring',
    { list: 'a', stamp: 'a', isRoleMissing: true },
    true,
  ],
  ['when the list is another one', { list: 'b', stamp: 'a', isRoleMissing: false }, true],
  ['when everything is there', { list: 'a', stamp: 'a', isRoleMissing: false }, false],
  ['when a person put everything there', { list: 'a', isRoleMissing: false }, false],
])('whether roles are fetched %s', (_, facts, fetched) => {
  expect(mustFetch(facts)).toBe(fetched);
});
