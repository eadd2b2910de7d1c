import { expect, it } from 'vitest';
import { ofOurs } from './leftovers.ts';

const before = ['ssh.service'];

it('B09-01: what came with the packages is ours, and not what somebody installed since', () => {
  const now = ['ssh.service', 'incus.service', 'incus.socket', 'nginx.service'];
  const came = ['incus.service', 'incus.socket', 'gone.service'];
  expect(ofOurs(now, before, came)).toEqual(['incus.service', 'incus.socket']);
});

it('a run that was killed before it could remember goes by what is new; without a word of before, nothing is ours', () => {
  expect(ofOurs(['ssh.service', 'incus.service'], before, undefined)).toEqual(['incus.service']);
  expect(ofOurs(['incus.service'], undefined, undefined)).toEqual([]);
  expect(ofOurs(['incus.service'], undefined, ['incus.service'])).toEqual([]);
});
