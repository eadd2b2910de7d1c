import { describe, expect, it } from 'vitest';
import { unknownCommand, unknownVerb } from './unknown-command.ts';

describe('B07-10: a word that is not a command', () => {
  it('is pointed to what does it here', () => {
    expect(unknownCommand('halt', ['flush']).en).toBe(
      "No command 'halt': here it is 'anklume down'.",
    );
    expect(unknownCommand('rm', []).en).toContain("'anklume instance delete MACHINE'");
  });

  it.each(['ls', 'ssh', 'fish', 'push', 'bush'])('%s never leads to what deletes', (typed) => {
    expect(unknownCommand(typed, ['flush', 'destroy', 'rollback']).en).not.toMatch(
      /flush|destroy|rollback/,
    );
  });

  it.each(['flus', 'flsuh', 'fluhs', 'fflush'])('%s is a slip of the finger', (typed) => {
    expect(unknownCommand(typed, ['flush']).en).toContain("did you mean 'flush'?");
  });

  it('proposes what takes nothing away by likeness', () => {
    expect(unknownCommand('statuss', ['status']).fr).toContain('« status »');
  });
});

it('behind a noun its own verbs are told, and nothing of another noun', () => {
  const network = { name: 'network', verbs: ['rules', 'status'] };
  expect(unknownVerb(network, 'list', []).en).toBe(
    "'network' has no verb 'list', but: rules, status.",
  );
  expect(unknownVerb(network, 'statsu', ['`status`']).en).toContain("did you mean 'status'?");
  expect(unknownVerb({ name: 'sandbox', verbs: ['stop'] }, 'top', ['delete']).fr).not.toContain(
    'delete',
  );
});
