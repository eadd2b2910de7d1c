import { describe, expect, it } from 'vitest';
import { parseReserve } from './reserve.ts';
import { isSchedule } from './schedule.ts';
import { incusExpiry, parseAllowance, parseCpus, parsePercent, parseSize } from './units.ts';

describe('units', () => {
  it.each([
    ['2GiB', 2 ** 31],
    ['500MB', 5e8],
    ['1024', 1024],
    ['0', undefined],
    ['2 potatoes', undefined],
    ['-1GiB', undefined],
    ['1.5GiB', undefined],
    ['2 GiB', undefined],
  ])('size %s is %s bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it('percentages, processors and allowances', () => {
    expect(parsePercent('20%')).toBe(0.2);
    expect(parsePercent('twenty')).toBeUndefined();
    expect(parseCpus('4')).toBe(4);
    expect(parseCpus('0-3,6')).toBe(5);
    expect(parseCpus('3-0')).toBeUndefined();
    expect(parseAllowance('50%')).toEqual({ ofHost: 0.5 });
    expect(parseAllowance('25ms/100ms')).toEqual({ cpus: 0.25 });
    expect(parseAllowance('half')).toBeUndefined();
    expect(parseAllowance('0.5%')).toBeUndefined();
  });

  it('reserves', () => {
    expect(parseReserve('20%', 'cpu')).toEqual({ part: 0.2 });
    expect(parseReserve(2, 'memory')).toEqual({ amount: 2 ** 31 });
    expect(parseReserve('4GiB', 'memory')).toEqual({ amount: 2 ** 32 });
    for (const wrong of ['100%', 0, -1, 'x', Number.NaN])
      expect(parseReserve(wrong, 'cpu')).toBe(undefined);
  });

  it('retention in the words of Incus, whose small m is a month', () => {
    expect(['30d', '24h', '60m'].map(incusExpiry)).toEqual(['30d', '24H', '60M']);
    for (const wrong of ['0d', '30', 'd', '1y', '30d ']) expect(incusExpiry(wrong)).toBe(undefined);
  });
});

describe('schedules', () => {
  it.each(['0 2 * * *', '*/5 * * * mon-fri', '0 0 1,15 * *', '30 4 * jan-jun 0'])('%s', (text) => {
    expect(isSchedule(text)).toBe(true);
  });
  it.each([
    '',
    '* * * *',
    '0 0 2 * * *',
    '@daily',
    '61 * * * *',
    '0 0 L * *',
    '0 0 * * 7',
    '0 0 ? * *',
    '0 0 * * monday',
    'a b c d e',
  ])('not %s', (text) => {
    expect(isSchedule(text)).toBe(false);
  });
});
