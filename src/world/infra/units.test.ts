import { describe, expect, it } from 'vitest';
import { parseReserve } from './reserve.ts';
import { incusSchedule, isSchedule, volumeSchedule } from './schedule.ts';
import {
  incusExpiry,
  infraExpiry,
  isOn,
  parseAllowance,
  parseCpus,
  parsePercent,
  parseSize,
} from './units.ts';

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

  it('sizes know every suffix of Incus, in its spelling', () => {
    const of1000 = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
    const of1024 = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
    expect(of1000.map((suffix) => parseSize(`1${suffix}`))).toEqual(
      of1000.map((_, power) => 1000 ** power),
    );
    expect(of1024.map((suffix) => parseSize(`1${suffix}`))).toEqual(
      of1024.map((_, power) => 1024 ** power),
    );
    for (const suffix of ['KB', 'mb', 'gib', 'G', 'toString'])
      expect([suffix, parseSize(`1${suffix}`)]).toEqual([suffix, undefined]);
  });

  it('flags of Incus are on in four spellings, in any case', () => {
    for (const on of ['true', '1', 'yes', 'on', 'TRUE', 'Yes', true, 1])
      expect([on, isOn(on)]).toEqual([on, true]);
    for (const off of ['false', '0', 'no', 'off', '', 'truely', '11', false, 0, undefined])
      expect([off, isOn(off)]).toEqual([off, false]);
  });

  it.each([
    ['100%', 1],
    ['12.5%', 0.125],
    ['12.25 %', 0.1225],
    ['x5%', undefined],
    ['5%x', undefined],
    ['5', undefined],
    ['.5%', undefined],
    ['5.%', undefined],
    ['5  %', undefined],
    [' 5% ', 0.05],
    ['123456789.123456789%', Number('123456789.123456789') / 100],
    ['1234567890%', undefined],
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
    ['12345', 12345],
    ['123456', undefined],
    ['01', undefined],
    ['5', 5],
    ['0-0', 1],
    ['3-2', undefined],
    ['9998-9999', 2],
    ['0-10000', undefined],
    ['1-2-3', undefined],
    ['0,9999', 2],
    ['0-1,3-4,6', 5],
    ['1 ,2', undefined],
    [`0${',0'.repeat(99)}`, 1],
    [`00${',0'.repeat(99)}`, 1],
    [`000${',0'.repeat(99)}`, undefined],
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
    ['0%', undefined],
    ['50 %', undefined],
    ['x50%', undefined],
    ['50%x', undefined],
    ['5', undefined],
    ['1ms/1ms', { cpus: 1 }],
    ['123456789ms/123456789ms', { cpus: 1 }],
    ['1234567890ms/1ms', undefined],
    ['1ms/1234567890ms', undefined],
  ])('allowance %j is %j', (text, allowance) => {
    expect(parseAllowance(text)).toEqual(allowance);
  });

  it('reserves', () => {
    expect(parseReserve('20%', 'cpu')).toEqual({ part: 0.2 });
    expect(parseReserve(2, 'memory')).toEqual({ amount: 2 ** 31 });
    expect(parseReserve('4GiB', 'memory')).toEqual({ amount: 2 ** 32 });
    expect(parseReserve('12.25', 'cpu')).toEqual({ amount: 12.25 });
    expect(parseReserve('2', 'memory')).toEqual({ amount: 2 ** 31 });
    expect(parseReserve('1024', 'cpu')).toEqual({ amount: 1024 });
    expect(parseReserve('100%', 'cpu')).toEqual({ part: 1 });
    for (const wrong of [0, -1, 'x', Number.NaN, 'x2', '2x', '2.', '4GiB', '2 GiB', ''])
      expect(parseReserve(wrong, 'cpu')).toBe(undefined);
  });

  it('retention in the words of Incus, whose small m is a month', () => {
    expect(['30d', '24h', '60m'].map(incusExpiry)).toEqual(['30d', '24H', '60M']);
    for (const wrong of ['0d', '30', 'd', '1y', '30d ', 'x1d', '1dx', '1D', '1234567d', '01d'])
      expect([wrong, incusExpiry(wrong)]).toEqual([wrong, undefined]);
    expect(incusExpiry('123456d')).toBe('123456d');
  });

  it('retention as infra.yml writes it, where it can', () => {
    expect(['30d', '24H', '60M'].map(infraExpiry)).toEqual(['30d', '24h', '60m']);
    for (const other of ['60m', '24h', '1y', '2w', '30d 24H', '', 'H1', '1H1'])
      expect([other, infraExpiry(other)]).toEqual([other, undefined]);
  });
});

describe('schedules', () => {
  it.each([
    ...['0 2 * * *', '*/5 * * * mon-fri', '0 0 1,15 * *', '30 4 * jan-jun 0', '5/15 0-23/2 * * *'],
    ...['@daily', '@Hourly', '@startup', '@never', '@weekly, @monthly', '0 2 * * *, 0 14 * * SAT'],
  ])('%s', (text) => {
    expect(incusSchedule(text)).toBe(text);
  });
  it('are written as Incus reads them, with one blank', () => {
    expect(incusSchedule(' 0  2\t* * * ')).toBe('0 2 * * *');
    expect(incusSchedule('@daily,   0 2 * *  1')).toBe('@daily, 0 2 * * 1');
  });
  it('of volumes have no start to wait for', () => {
    expect(['@daily', '0 2 * * *'].map(volumeSchedule)).toEqual(['@daily', '0 2 * * *']);
    expect(['@startup', '@never', '@daily, @startup'].map(volumeSchedule)).toEqual(
      Array.from({ length: 3 }, () => undefined),
    );
  });
  it.each([
    '',
    '* * * *',
    '0 0 2 * * *',
    ...[
      '@reboot',
      '@every 1h',
      '@5minutes',
      '@always',
      'daily',
      '@daily,@weekly',
      '@daily,',
      ', @daily',
    ],
    ...[
      '0,30 * * * *, @daily',
      'CRON_TZ=UTC 0 2 * * *',
      '*-5 * * * *',
      '5-1 * * * *',
      '*/0 * * * *',
    ],
    ...[
      '60 * * * *',
      '* 24 * * *',
      '* * 0 * *',
      '* * 32 * *',
      '* * * 13 *',
      '* * * 0 *',
      '1- * * * *',
    ],
    ...['jan * * * *', '* * * sun *', '* * * * jan', '1/x * * * *', '1,,2 * * * *', '* * * * 5#2'],
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
