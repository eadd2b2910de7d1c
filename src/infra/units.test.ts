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

  it.each([
    ['2GiB ', undefined],
    ['2KiB', 2048],
    ['3kB', 3000],
    ['2MiB', 2 ** 21],
    ['1TiB', 2 ** 40],
    ['x2GiB', undefined],
    ['2GiBx', undefined],
    ['20', 20],
    ['', undefined],
  ])('size %j is %s bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each([
    ['100%', 1],
    ['12.5%', 0.125],
    ['12.25 %', 0.1225],
    ['x5%', undefined],
    ['5%x', undefined],
    ['5', undefined],
    ['.5%', undefined],
  ])('percentage %j is %s', (text, part) => {
    expect(parsePercent(text)).toBe(part);
  });

  it.each([
    ['12', 12],
    ['0', undefined],
    ['0-11', 12],
    ['0,2', 2],
    ['0,0', 1],
    ['10-12,20-21', 5],
    ['1,', undefined],
    ['x1', undefined],
    ['1x', undefined],
    ['1-', undefined],
    ['a-b', undefined],
    [`0${',0'.repeat(150)}`, undefined],
  ])('processors %j are %s', (text, count) => {
    expect(parseCpus(text)).toBe(count);
  });

  it.each([
    ['150%', { ofHost: 1.5 }],
    ['10%', { ofHost: 0.1 }],
    ['125ms/100ms', { cpus: 1.25 }],
    ['0ms/100ms', undefined],
    ['10ms/0ms', undefined],
    ['x10ms/10ms', undefined],
    ['10ms/10msx', undefined],
  ])('allowance %j is %j', (text, allowance) => {
    expect(parseAllowance(text)).toEqual(allowance);
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
