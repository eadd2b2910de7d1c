import { expect, it } from 'vitest';
import { freeGateway } from './place.ts';

it('P12-07: the bridge of the runner takes a range that nobody uses', () => {
  expect(freeGateway([])).toBe('10.209.1.1/24');
  expect(freeGateway(['10.209.1.254/24', '10.209.2.7', '192.168.0.0/16'])).toBe('10.209.3.1/24');
  expect(freeGateway(['10.209.0.0/22'])).toBe('10.209.4.1/24');
});

it('a default route and what is no range of IPv4 take nothing', () => {
  const odd = ['0.0.0.0/0', 'default', 'fd00::/8', 'none', '', '10.209.1.1/99'];
  expect(freeGateway(odd)).toBe('10.209.1.1/24');
});

it('says so where nothing is free', () => {
  expect(freeGateway(['10.0.0.0/8'])).toBeUndefined();
});
