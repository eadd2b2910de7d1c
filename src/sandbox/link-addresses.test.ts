import { describe, expect, it } from 'vitest';
import { chooseLink, type Prefix, parsePrefix } from './link-addresses.ts';

function prefixes(...words: string[]): Prefix[] {
  return words.flatMap((word) => parsePrefix(word) ?? []);
}

describe('the addresses of an uplink', () => {
  it('are the two hosts of one /30 in shared address space, the same every time', () => {
    const link = chooseLink('ankl-1', []);
    expect(link).toEqual(chooseLink('ankl-1', []));
    expect(link?.outer).toMatch(/^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./);
    const last = (address = '') => Number(address.split('.')[3]);
    expect(last(link?.outer) % 4).toBe(1);
    expect(last(link?.inner) % 4).toBe(2);
  });

  it('move on when the machine already routes the subnet', () => {
    const first = chooseLink('ankl-1', []);
    const second = chooseLink('ankl-1', prefixes(`${first?.outer}/32`));
    expect(second).toBeDefined();
    expect(second).not.toEqual(first);
  });

  it('go to another area when the first is taken whole, as by a VPN', () => {
    const link = chooseLink('ankl-1', prefixes('100.64.0.0/10'));
    expect(link?.outer).toMatch(/^169\.254\./);
  });

  it('do not exist when everything is taken', () => {
    expect(chooseLink('k', prefixes('0.0.0.0/1', '128.0.0.0/1'))).toBeUndefined();
  });

  it('are not hindered by a default route', () => {
    expect(chooseLink('k', prefixes('0.0.0.0/0'))).toBeDefined();
  });
});

it('reads prefixes and lone addresses, and nothing else', () => {
  expect(parsePrefix('10.1.2.0/24')).toEqual({ base: 0x0a010200, length: 24 });
  expect(parsePrefix('10.1.2.3')).toEqual({ base: 0x0a010203, length: 32 });
  for (const word of ['default', '', '10.1.2', '10.1.2.256', '10.1.2.3/33', 'fd00::/8'])
    expect(parsePrefix(word)).toBeUndefined();
});
