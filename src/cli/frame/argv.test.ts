import { describe, expect, it } from 'vitest';
import { normaliseArgv } from './argv.ts';

describe('normaliseArgv', () => {
  const cases: readonly (readonly [given: string, wanted: string])[] = [
    ['up --sandbox', 'up --sandbox=default'],
    ['up --sandbox lab', 'up --sandbox=lab'],
    ['up --sandbox=lab', 'up --sandbox=lab'],
    ['up --sandbox= --json', 'up --sandbox=default --json'],
    ['up --sandbox --json', 'up --sandbox=default --json'],
    ['apply --sandbox infra', 'apply --sandbox=default infra'],
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
    expect(normaliseArgv(given.split(' ').filter(Boolean)).join(' ')).toBe(wanted);
  });
});
