import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../base/messages/index.ts';
import { ansibleTags, endingOf, present } from './provision.ts';

const machine = (name: string, ...roles: string[]) => ({ name, instance: name, roles });
const world = {
  domains: [
    {
      name: 'pro',
      project: 'pro',
      machines: [machine('pro-dev', 'base_system', 'web'), machine('pro-db')],
    },
  ],
};
const all = { done: true, machines: [], changed: 0, failed: 0, seconds: 1 } as const;

describe('which tags reach Ansible', () => {
  it.each([
    ['everything, without tags', {}, []],
    ['nothing, in the phase infra', { phase: 'infra' as const }, undefined],
    ['nothing, when objects of Incus are meant', { tags: ['networks'] }, undefined],
    ['nothing, for the rules alone', { tags: ['nftables'] }, undefined],
    ['everything, for the word provision', { tags: ['networks', 'provision'] }, []],
    ['a role that a machine lists', { tags: ['web', 'networks'] }, ['web']],
    ['any word, in the phase provision', { phase: 'provision' as const, tags: ['own'] }, ['own']],
  ])('%s', (_, choices, tags) => {
    expect(ansibleTags(world, choices)).toEqual(tags);
  });
});

it('a machine that could not be brought up is not provisioned, one that apply had nothing to do with is', () => {
  const machines = ['lost', 'late', 'made', 'there'].map((name) => ({
    ...machine(name, 'a'),
    ...{ project: 'pro', domain: 'pro' },
  }));
  const outcomes = [
    { id: 'instance:pro/lost', result: 'failed' as const },
    { id: 'instance:pro/late', result: 'skipped' as const },
    { id: 'instance:pro/made', result: 'done' as const },
    { id: 'instance:home/there', result: 'failed' as const },
  ];
  expect(present(machines, { outcomes }).map(({ name }) => name)).toEqual(['made', 'there']);
});

it.each([
  [undefined, ExitCode.done],
  [all, ExitCode.done],
  [{ ...all, failed: 1 }, ExitCode.failed],
  [
    {
      done: false as const,
      failure: { code: 'x', message: { en: '', fr: '' }, exit: ExitCode.environment },
    },
    ExitCode.environment,
  ],
])('the exit status tells how it went', (provisioning, exit) => {
  expect(endingOf(provisioning)).toBe(exit);
});
