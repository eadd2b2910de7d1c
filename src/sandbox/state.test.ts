import { expect, it } from 'vitest';
import { usualStorage } from './state.ts';

// Matrix: NE-305
it('stores in plain folders where there is no loop device to put btrfs on, as in a container', () => {
  expect(usualStorage('/dev/null')).toBe('btrfs');
  expect(usualStorage('/dev/there-is-no-such-device')).toBe('dir');
});
