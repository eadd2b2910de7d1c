import { describe, expect, it } from 'vitest';
import { CONTEXT, codesOf, loadText } from './load-text.test-kit.ts';

const world = (policy: string, machines: string, profiles = '{}') =>
  `project_name: p
global: {resource_policy: ${policy}}
domains: {lab: {profiles: ${profiles}, machines: ${machines}}}`;

const limits = (policy: string, machines: string, profiles?: string) => {
  const { infra, problems } = loadText(world(policy, machines, profiles));
  expect(problems).toEqual([]);
  return Object.fromEntries(infra?.domains[0]?.machines.map((one) => [one.name, one.config]) ?? []);
};

describe('resource shares on 8 processors and 16 GiB, a fifth of them kept back', () => {
  it('nothing is limited without a policy', () => {
    expect(limits('false', '{a: , b: }')).toEqual({ a: {}, b: {} });
  });

  // Matrix: IN-201
  it('go by weight', () => {
    expect(limits('true', '{a: {weight: 3}, b: }')).toEqual({
      a: {
        'limits.cpu.allowance': '60%',
        'limits.memory': '9830MiB',
        'limits.memory.enforce': 'soft',
      },
      b: {
        'limits.cpu.allowance': '20%',
        'limits.memory': '3276MiB',
        'limits.memory.enforce': 'soft',
      },
    });
  });

  it('or evenly, in whole processors, held hard', () => {
    const policy =
      '{mode: equal, cpu_mode: count, memory_enforce: hard, host_reserve: {cpu: 2, memory: 4}}';
    expect(limits(policy, '{a: {weight: 3}, b: }')).toEqual({
      a: { 'limits.cpu': '3', 'limits.memory': '6144MiB' },
      b: { 'limits.cpu': '3', 'limits.memory': '6144MiB' },
    });
  });

  // Matrix: IN-201
  it('limits by hand stay and count against the pool, also from a profile', () => {
    const machines =
      '{a: {config: {limits.cpu: 4, limits.memory: 25%}}, b: {profiles: [big]}, c: }';
    const profiles = '{big: {config: {limits.memory: 4GiB, limits.cpu.allowance: 100ms/100ms}}}';
    expect(limits('{host_reserve: {cpu: 1, memory: 4GiB}}', machines, profiles)).toEqual({
      a: { 'limits.cpu': '4', 'limits.memory': '25%' },
      b: {},
      c: {
        'limits.cpu.allowance': '25%',
        'limits.memory': '4096MiB',
        'limits.memory.enforce': 'soft',
      },
    });
  });

  it('virtual machines get whole processors and no soft limit', () => {
    expect(limits('true', '{a: {type: vm}}').a).toEqual({
      'limits.cpu': '6',
      'limits.memory': '13107MiB',
    });
  });

  it('more than there is is an error, or a warning with overcommit', () => {
    const machines = '{a: {config: {limits.memory: 20GiB}}, b: {config: {limits.memory: 1GiB}}}';
    expect(codesOf(loadText(world('true', machines)))).toEqual(['resources-exceeded']);
    const loose = loadText(world('{overcommit: true}', machines));
    expect(loose.problems.map(({ severity }) => severity)).toEqual(['warning']);
    expect(loose.infra).toBeDefined();
  });

  it('what is too much is told in numbers, of limits by hand and of shares alike', () => {
    const told = (policy: string, machines: string) =>
      loadText(world(policy, machines)).problems.map(
        ({ severity, path, message }) => `${severity} ${path.join('.')}: ${message.en}`,
      );
    const error = 'error global.resource_policy: The machines need more';
    const nothing = '; nothing is left for those without limits';
    expect(told('{memory_enforce: hard}', '{a: {config: {limits.memory: 20GiB}}}')).toEqual([
      `${error} memory (20480 MiB) than the host can spare (13108 MiB).`,
    ]);
    const hard = 'memory_enforce: hard';
    const warning = error.replace('error', 'warning');
    for (const [policy, severity] of [
      [`{${hard}}`, error],
      ['true', warning],
    ] as const)
      expect(told(policy, '{a: {config: {limits.cpu: 5}}, b: {config: {limits.cpu: 2}}}')).toEqual([
        `${severity} processors (7) than the host can spare (6.4).`,
      ]);
    expect(told('{host_reserve: {cpu: 1}}', '{a: {config: {limits.cpu: 7}}}')).toEqual([]);
    for (const [policy, severity] of [
      [hard, error],
      ['memory_enforce: soft', warning],
    ] as const)
      expect(
        told(`{host_reserve: {cpu: 1}, ${policy}}`, '{a: {config: {limits.cpu: 7}}, b: }'),
      ).toEqual([`${severity} processors (7) than the host can spare (7)${nothing}.`]);
    const whole = '{host_reserve: {memory: 4GiB}, overcommit: true}';
    expect(told(whole, '{a: {config: {limits.memory: 12GiB}}, b: }')).toEqual([
      `${warning} memory (12288 MiB) than the host can spare (12288 MiB)${nothing}.`,
    ]);
    // Eight virtual machines want a whole processor each.
    const crowd = Array.from({ length: 8 }, (_, n) => `m${n}: {type: vm}`).join(', ');
    expect(told('true', `{${crowd}}`)).toEqual([
      `${error} processors (8) than the host can spare (6.4).`,
    ]);
    expect(told('{host_reserve: {cpu: 8, memory: 16}}', '{}')).toEqual([]);
    expect(told('{host_reserve: {cpu: 9, memory: 99}}', '{}')).toEqual([]);
    expect(told('{host_reserve: {cpu: 8}}', '{a: }')).toEqual([
      'warning global.resource_policy.host_reserve.cpu: host_reserve.cpu leaves nothing of this host to share out, so no limits are set automatically.',
    ]);
  });

  it('the smaller of a set of processors and an allowance counts', () => {
    const rest = (config: string) =>
      limits('{host_reserve: {cpu: 0.5}}', `{a: {config: {${config}}}, b: {type: vm}}`).b?.[
        'limits.cpu'
      ];
    expect(rest('limits.cpu: 4')).toBe('3');
    expect(rest('limits.cpu: "0-1"')).toBe('5');
    expect(rest('limits.cpu.allowance: 50%')).toBe('3');
    expect(rest('limits.cpu: 4, limits.cpu.allowance: 200ms/100ms')).toBe('5');
    expect(rest('limits.cpu: 1, limits.cpu.allowance: 50%')).toBe('6');
  });

  it('are left out with a warning when nobody knows the host', () => {
    const { host: _, ...context } = CONTEXT;
    const result = loadText(world('true', '{a: }'), context);
    expect(codesOf(result)).toEqual(['host-resources-unknown']);
    expect(result.problems[0]?.remedy?.en).toContain('anklume doctor');
    expect(result.infra?.domains[0]?.machines[0]?.config).toEqual({});
  });
});
