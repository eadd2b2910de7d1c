import { describe, expect, it } from 'vitest';
import type { Act, ForeignChain, Step, Test } from './chains.ts';
import { type Answer, answer, isWithin, NONE, OTHER, type Sample, UPLINK } from './sample.ts';
import { type Outcome, outcomesOf } from './walk.ts';

const known = { ours: new Set(['net-pa', 'net-pb']), uplinks: new Set(['eth0', 'wlan0']) };
const v4: Sample = { family: 4 };

describe('whether a packet is as a rule of others looks for', () => {
  it.each<[Test, Sample, Answer, Answer]>([
    [{ on: 'iif', names: ['net-pa'] }, { ...v4, iif: 'net-pa' }, 'yes', 'no'],
    [{ on: 'iif', names: ['x', 'net-*'] }, { ...v4, iif: 'net-pa' }, 'yes', 'no'],
    [{ on: 'iif', names: ['net-*'] }, { ...v4, iif: 'xnet-pa' }, 'no', 'yes'],
    [{ on: 'iif', names: ['net-p'] }, { ...v4, iif: 'net-pa' }, 'no', 'yes'],
    [{ on: 'iif', names: ['net-pa'] }, { ...v4, oif: 'net-pa' }, 'maybe', 'maybe'],
    [{ on: 'oif', names: ['net-pa'] }, { ...v4, iif: 'x', oif: 'net-pa' }, 'yes', 'no'],
    [{ on: 'iif', names: ['*'] }, { ...v4, iif: NONE }, 'no', 'yes'],
    [{ on: 'iif', names: ['*'] }, v4, 'yes', 'no'],
    [{ on: 'iif', names: ['net-pa'] }, { ...v4, iif: OTHER }, 'no', 'yes'],
    [{ on: 'iif', names: ['net-*'] }, { ...v4, iif: OTHER }, 'no', 'yes'],
    [{ on: 'iif', names: ['docker0'] }, { ...v4, iif: OTHER }, 'maybe', 'maybe'],
    [{ on: 'iif', names: ['docker0'] }, { ...v4, iif: UPLINK }, 'no', 'yes'],
    [{ on: 'iif', names: ['eth0'] }, { ...v4, iif: UPLINK }, 'maybe', 'maybe'],
    [{ on: 'iif', names: ['eth0', 'wlan0'] }, { ...v4, iif: UPLINK }, 'maybe', 'maybe'],
    [{ on: 'iif', names: ['docker0', 'net-pa'] }, { ...v4, iif: OTHER }, 'maybe', 'maybe'],
    [{ on: 'iif', names: [] }, { ...v4, iif: 'a' }, 'no', 'yes'],
    [{ on: 'saddr', within: ['10.0.0.0/8'] }, { ...v4, saddr: '10.1.0.0/16' }, 'yes', 'no'],
    [{ on: 'saddr', within: ['10.0.0.0/8'] }, { ...v4, daddr: '10.1.0.0/16' }, 'maybe', 'maybe'],
    [{ on: 'daddr', within: ['10.1.1.1'] }, { ...v4, daddr: '10.1.0.0/16' }, 'maybe', 'maybe'],
    [{ on: 'daddr', within: ['fd00::/8'] }, { ...v4, daddr: '10.1.0.0/16' }, 'no', 'no'],
    [
      { on: 'saddr', within: ['fd00::/8', '11.0.0.0/8'] },
      { ...v4, saddr: '10.0.0.1' },
      'no',
      'yes',
    ],
    [{ on: 'saddr', within: ['10.0.0.0/8'] }, { family: 6, saddr: 'fd00::1' }, 'no', 'no'],
    [{ on: 'protocol', values: ['tcp'] }, { ...v4, protocol: 'tcp' }, 'yes', 'no'],
    [{ on: 'protocol', values: ['tcp'] }, { ...v4, protocol: 'udp' }, 'no', 'yes'],
    [{ on: 'protocol', values: ['tcp'] }, v4, 'maybe', 'maybe'],
    [{ on: 'dport', ranges: [[80, 90]] }, { ...v4, dport: 80 }, 'yes', 'no'],
    [{ on: 'dport', ranges: [[80, 90]] }, { ...v4, dport: 90 }, 'yes', 'no'],
    [{ on: 'dport', ranges: [[80, 90]] }, { ...v4, dport: 91 }, 'no', 'yes'],
    [{ on: 'dport', ranges: [[80, 90]] }, { ...v4, dport: 79 }, 'no', 'yes'],
    [{ on: 'dport', ranges: [[80, 90]] }, { ...v4, sport: 80 }, 'maybe', 'maybe'],
    [
      {
        on: 'sport',
        ranges: [
          [1, 1],
          [80, 80],
        ],
      },
      { ...v4, sport: 80 },
      'yes',
      'no',
    ],
    [{ on: 'dport', protocol: 'tcp', ranges: [[80, 80]] }, { ...v4, dport: 80 }, 'maybe', 'maybe'],
    [
      { on: 'dport', protocol: 'tcp', ranges: [[80, 80]] },
      { ...v4, dport: 80, protocol: 'tcp' },
      'yes',
      'no',
    ],
    [
      { on: 'dport', protocol: 'tcp', ranges: [[80, 80]] },
      { ...v4, dport: 80, protocol: 'udp' },
      'no',
      'yes',
    ],
    [{ on: 'dport', protocol: 'tcp', ranges: [[80, 80]] }, { ...v4, dport: 81 }, 'no', 'yes'],
    [{ on: 'dport', protocol: 'tcp', ranges: [[80, 80]] }, { ...v4, protocol: 'udp' }, 'no', 'yes'],
    [{ on: 'state', values: ['new'] }, { ...v4, state: 'new' }, 'yes', 'no'],
    [{ on: 'state', values: ['new'] }, { ...v4, state: 'established' }, 'no', 'yes'],
    [{ on: 'state', values: ['new'] }, v4, 'maybe', 'maybe'],
    [{ on: 'family', value: 4 }, v4, 'yes', 'no'],
    [{ on: 'family', value: 6 }, v4, 'no', 'yes'],
    [{ on: 'local' }, { ...v4, local: true }, 'yes', 'no'],
    [{ on: 'local' }, { ...v4, local: false }, 'no', 'yes'],
    [{ on: 'local' }, v4, 'maybe', 'maybe'],
    [{ on: 'translated' }, { ...v4, local: false, translated: true }, 'yes', 'no'],
    [{ on: 'translated' }, { ...v4, local: true }, 'maybe', 'maybe'],
    [{ on: 'never' }, v4, 'no', 'yes'],
    [{ on: 'unknown' }, v4, 'maybe', 'maybe'],
  ])('%j of %j: %s, and with not: %s', (test, sample, plain, negated) => {
    expect(answer(test, sample, known)).toBe(plain);
    if (test.on !== 'unknown') expect(answer({ ...test, not: true }, sample, known)).toBe(negated);
  });

  it('every way out is one only where no other is', () => {
    const test: Test = { on: 'oif', names: ['eth*'] };
    const sample = { ...v4, oif: UPLINK };
    expect(answer(test, sample, { ...known, uplinks: new Set(['eth0', 'eth1']) })).toBe('yes');
    expect(answer(test, sample, { ...known, uplinks: new Set(['eth0', 'ppp0']) })).toBe('maybe');
    expect(answer(test, sample, { ...known, uplinks: new Set() })).toBe('no');
  });

  it.each<[string | undefined, string, 4 | 6, Answer]>([
    ['10.1.2.3', '10.1.2.3', 4, 'yes'],
    ['10.1.2.3', '10.1.2.0/24', 4, 'yes'],
    ['10.1.3.3', '10.1.2.0/24', 4, 'no'],
    ['10.1.1.255', '10.1.2.0/24', 4, 'no'],
    ['10.1.2.0/24', '10.1.2.128/25', 4, 'maybe'],
    ['10.1.2.0/24', '10.1.2.77/24', 4, 'yes'],
    ['10.1.2.0/24', '0.0.0.0/0', 4, 'yes'],
    ['10.1.2.5', '10.1.2.3-10.1.2.9', 4, 'yes'],
    ['10.1.2.9', '10.1.2.3-10.1.2.9', 4, 'yes'],
    ['10.1.2.10', '10.1.2.3-10.1.2.9', 4, 'no'],
    ['10.1.2.0/24', '10.1.2.3-10.1.2.9', 4, 'maybe'],
    ['10.1.2.3', 'x-10.1.2.9', 4, 'maybe'],
    ['10.1.2.3', '10.1.2.1-x', 4, 'maybe'],
    ['10.1.2.3', 'fd00::/8', 4, 'no'],
    [undefined, '10.0.0.0/8', 4, 'maybe'],
    ['fd00::1', 'fd00::/8', 6, 'yes'],
    ['fe80::1', 'fd00::/8', 6, 'no'],
    ['fd00::/8', 'fd00::1', 6, 'maybe'],
    ['fd00::/8', 'fd00::1-fd00::2', 6, 'maybe'],
    ['fd00::1', '10.0.0.0/8', 6, 'no'],
    ['fd00::1', ':::/8', 6, 'maybe'],
    ['10.0.0.1', '10.0.0.0/33', 4, 'maybe'],
    ['10.0.0.1', '10.0.0.0/x', 4, 'maybe'],
    ['10.0.0.1', '10.0.0.0/-1', 4, 'maybe'],
    ['10.0.0.1', '10.0.0/8', 4, 'maybe'],
    ['10.0.0.1', '10.0.0.256', 4, 'maybe'],
    ['10.0.0.1', '10.0.0.x', 4, 'maybe'],
    ['10.0.0.1', 'name', 4, 'maybe'],
  ])('%s within %s in family %i: %s', (value, network, family, expected) => {
    expect(isWithin(value, network, { family })).toBe(expected);
  });
});

describe('what chains of others do to a packet', () => {
  const [yes, no, maybe]: Test[] = [
    { on: 'family', value: 4 },
    { on: 'family', value: 6 },
    { on: 'unknown' },
  ] as const as never;
  const act = (word: 'accept' | 'drop' | 'reject' | 'return'): Act => ({ do: word });
  const to = (word: 'jump' | 'goto', chain = 'own'): Act => ({ do: word, chain });
  const copy: Act = { do: 'divert', how: 'copy' };
  const chain = (
    name: string,
    rules: readonly (readonly (Step | undefined)[])[],
    policy = 'accept',
  ) =>
    ({
      ...{ family: 'ip', table: 't', name, policy },
      rules: rules.map((steps, at) => ({ steps, text: `${name} ${at}` })),
    }) as unknown as ForeignChain;
  const outcomes = (
    rules: readonly (readonly (Step | undefined)[])[],
    own: readonly (readonly (Step | undefined)[])[] = [],
    policy = 'accept',
  ) => {
    const base = chain('base', rules, policy);
    const table = new Map([base, chain('own', own)].map((one) => [one.name, one]));
    return outcomesOf(base, table, v4, known);
  };
  const sure = (rule: string, does: Outcome['does'] = 'drop') => ({ does, certain: true, rule });
  const perhaps = (rule: string, does: Outcome['does'] = 'drop') => ({
    does,
    certain: false,
    rule,
  });
  const last = [act('drop')];

  type Rules = readonly (readonly (Step | undefined)[])[];
  it.each<[string, Rules, Rules, Outcome[]]>([
    ['a drop', [[act('drop')]], [], [sure('base 0')]],
    ['a reject', [[act('reject')]], [], [sure('base 0')]],
    ['a drop of others', [[no, act('drop')]], [], []],
    ['a drop perhaps', [[maybe, act('drop')]], [], [perhaps('base 0')]],
    ['a drop of ours', [[yes, act('drop')], last], [], [sure('base 0')]],
    ['an accept before', [[act('accept')], last], [], []],
    ['an accept perhaps before', [[maybe, act('accept')], last], [], [perhaps('base 1')]],
    ['an accept of others before', [[no, act('accept')], last], [], [sure('base 1')]],
    ['a return before', [[act('return')], last], [], []],
    ['a return perhaps before', [[maybe, act('return')], last], [], [perhaps('base 1')]],
    ['a rule that does nothing', [[yes], last], [], [sure('base 1')]],
    [
      'two perhaps',
      [[maybe, act('drop')], [maybe, act('accept')], last],
      [],
      [perhaps('base 0'), perhaps('base 2')],
    ],
    ['a copy, and on', [[copy], last], [], [sure('base 0', 'copy'), sure('base 1')]],
    [
      'a copy perhaps',
      [[maybe, copy, act('drop')]],
      [],
      [perhaps('base 0', 'copy'), perhaps('base 0')],
    ],
    ['a copy of others', [[no, copy]], [], []],
    ['a look after a copy', [[copy, no, act('drop')]], [], [sure('base 0', 'copy')]],
    ['a jump', [[to('jump')], last], [], [sure('base 1')]],
    ['a jump to a drop', [[to('jump')], last], [[act('drop')]], [sure('own 0')]],
    ['a jump to an accept', [[to('jump')], last], [[act('accept')]], []],
    [
      'a jump to a return',
      [[to('jump')], last],
      [[act('return')], [act('accept')]],
      [sure('base 1')],
    ],
    ['a jump to one perhaps', [[to('jump')], last], [[maybe, act('accept')]], [perhaps('base 1')]],
    [
      'a jump perhaps to an accept',
      [[maybe, to('jump')], last],
      [[act('accept')]],
      [perhaps('base 1')],
    ],
    ['a jump perhaps to nothing', [[maybe, to('jump')], last], [], [sure('base 1')]],
    ['a jump perhaps to a drop', [[maybe, to('jump')]], [[act('drop')]], [perhaps('own 0')]],
    ['a jump of others', [[no, to('jump')], last], [[act('accept')]], [sure('base 1')]],
    ['a jump nowhere', [[to('jump', 'gone')], last], [], [perhaps('base 1')]],
    ['a goto', [[to('goto')], last], [], []],
    ['a goto a drop', [[to('goto')], last], [[act('drop')]], [sure('own 0')]],
    ['a goto perhaps', [[maybe, to('goto')], last], [], [sure('base 1')]],
    ['a goto of others', [[no, to('goto')], last], [], [sure('base 1')]],
    ['a circle', [[to('jump')], last], [[to('jump', 'own')]], [perhaps('base 1')]],
  ])('%s', (_what, rules, own, expected) => expect(outcomes(rules, own)).toEqual(expected));

  it.each<[string, Rules, Outcome[]]>([
    ['nothing before', [], [sure('policy drop')]],
    ['an accept', [[act('accept')]], []],
    ['an accept perhaps', [[maybe, act('accept')]], [perhaps('policy drop')]],
    ['a return', [[act('return')]], [sure('policy drop')]],
    ['a goto that returns', [[to('goto')]], [sure('policy drop')]],
    ['a drop', [[act('drop')]], [sure('base 0')]],
  ])('the policy counts behind %s', (_what, rules, expected) => {
    expect(outcomes(rules, [], 'drop')).toEqual(expected);
  });

  it('is followed sixteen chains deep, as the kernel does', () => {
    const deep = (length: number) => {
      const all = Array.from({ length }, (_, at) =>
        chain(`c${at}`, at === length - 1 ? [[act('drop')]] : [[to('jump', `c${at + 1}`)]]),
      );
      const table = new Map(all.map((one) => [one.name, one]));
      return outcomesOf(all[0] as ForeignChain, table, v4, known);
    };
    expect(deep(17)).toEqual([sure('c16 0')]);
    expect(deep(18)).toEqual([]);
  });
});
