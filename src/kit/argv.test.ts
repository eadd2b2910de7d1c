import { describe, expect, it } from 'vitest';
import { passedOnAt } from '../cli/routes.ts';
import { doubtfulValue, normaliseArgv, withDashes } from './argv.ts';

const known = {
  mayTake: ([first = '']: readonly string[], next: string) =>
    first === 'apply' ? next === 'infra' : ['snapshot', 'shell'].includes(first),
  isSandbox: (name: string) => name === 'there',
};

describe('normaliseArgv', () => {
  const cases: readonly (readonly [given: string, wanted: string])[] = [
    ['up --sandbox', 'up --sandbox=default'],
    ['up --sandbox lab', 'up --sandbox=lab'],
    ['shell --sandbox there pro-dev', 'shell --sandbox=there pro-dev'],
    ['snapshot create a1 before --sandbox there', 'snapshot create a1 before --sandbox=there'],
    ['snapshot create --sandbox a1', 'snapshot create --sandbox=default a1'],
    ['--sandbox snapshot create a1', 'snapshot create a1 --sandbox=default'],
    ['up --sandbox=lab', 'up --sandbox=lab'],
    ['up --sandbox= --json', 'up --sandbox=default --json'],
    ['up --sandbox --json', 'up --sandbox=default --json'],
    ['apply --sandbox infra', 'apply --sandbox=default infra'],
    ['apply infra --sandbox lab', 'apply infra --sandbox=lab'],
    ['--sandbox up', 'up --sandbox=default'],
    ['--sandbox=lab up --yes', 'up --yes --sandbox=lab'],
    ['-C dir sync', 'sync -C dir'],
    ['--infra a/infra.yml --json plan', 'plan --infra a/infra.yml --json'],
    ['--help', '--help'],
    ['--version', '--version'],
    ['dev test -- --sandbox x', 'dev test -- --sandbox x'],
    ['-C dir complete -- up --sandbox', 'complete -C dir -- up --sandbox'],
    ['', ''],
  ];
  it.each(cases)('%j becomes %j', (given, wanted) => {
    expect(normaliseArgv(given.split(' ').filter(Boolean), known).join(' ')).toBe(wanted);
  });
});

it.each<[string, string | undefined]>([
  ['snapshot create --sandbox a1', 'a1'],
  ['--sandbox a1 up', 'a1'],
  ['snapshot create --sandbox=a1 a2', undefined],
  ['up --sandbox --json', undefined],
  ['up --sandbox', undefined],
  ['dev test -- --sandbox x', undefined],
])('%j: a word that may have been meant as the value is %j', (given, value) => {
  expect(doubtfulValue(given.split(' '))?.value).toBe(value);
});

it.each<[string[], string | undefined]>([
  [['exec', 'pro-dev', '-a'], 'anklume exec pro-dev -- -a'],
  [['instance', 'exec', 'pro-dev', 'ls', '-la'], 'anklume instance exec pro-dev -- ls -la'],
  [['disp', 'run', 'uname', '-a'], 'anklume disp run -- uname -a'],
  [['incus', 'list', '-f', 'csv'], 'anklume incus -- list -f csv'],
  [['exec', 'pro-dev', 'sh', '-c', 'echo a b'], "anklume exec pro-dev -- sh -c 'echo a b'"],
  [['exec', 'pro-dev', "it's"], "anklume exec pro-dev -- 'it'\\''s'"],
  [['exec', 'pro-dev', '--', 'ls', '-la'], undefined],
  [['exec', 'pro-dev'], undefined],
  [['status', '-z'], undefined],
  [['exec'], undefined],
])('%j was meant as %s', (argv, line) => {
  expect(withDashes(argv, passedOnAt(argv))).toBe(line);
});
