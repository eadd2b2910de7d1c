import { expect, it } from 'vitest';
import { unitsToStop } from './leftovers.ts';

const before = { units: ['ssh.service'], tables: [] };

it('B09-01: only what came with the packages is stopped, and not what somebody installed since', () => {
  const now = ['ssh.service', 'incus.service', 'incus.socket', 'nginx.service'];
  const came = ['incus.service', 'incus.socket', 'gone.service'];
  expect(unitsToStop(now, before, came)).toEqual(['incus.service', 'incus.socket']);
});

it('a run that was killed before it could remember goes by what is new; a ledger that does not say stops nothing', () => {
  expect(unitsToStop(['ssh.service', 'incus.service'], before, undefined)).toEqual([
    'incus.service',
  ]);
  expect(unitsToStop(['incus.service'], {}, undefined)).toEqual([]);
});
