import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../base/messages/index.ts';
import { deployRules, removeRules } from './deploy.ts';
import { sameRules } from './listing.ts';

describe('deploying', () => {
  it.each([[[]], [['env']]])(
    'a host without nft gets exit status 4 and the fix, entered by %j',
    async (enter) => {
      const path = process.env.PATH;
      const host = {
        enter: enter.length ? ['/usr/bin/env', '-i', 'PATH=/none'] : [],
        proc: '/proc',
      };
      if (!enter.length) process.env.PATH = '/none';
      try {
        const missing = { code: 'nft-missing', exit: ExitCode.environment };
        await expect(deployRules('', host)).rejects.toMatchObject(missing);
        await expect(removeRules(host)).rejects.toMatchObject(missing);
      } finally {
        process.env.PATH = path;
      }
    },
  );
});

describe('two listings', () => {
  const rule = (chain: string, comment: string, handle: number) => ({
    rule: { family: 'inet', table: 'anklume', chain, handle, comment },
  });
  const chain = (name: string) => ({ chain: { name } });

  it('are the same whatever the handles and the order of chains and members', () => {
    const a = [chain('x'), chain('y'), rule('x', 'one', 1), rule('y', 'two', 2)];
    const b = [chain('y'), chain('x'), rule('y', 'two', 9), rule('x', 'one', 8)];
    expect(sameRules(a, b)).toBe(true);
    const set = (...elem: string[]) => [{ set: { name: 's', elem } }];
    expect(sameRules(set('a', 'b'), set('b', 'a'))).toBe(true);
    expect(sameRules(set('a', 'b'), set('a'))).toBe(false);
  });

  it('differ when rules of a chain change places', () => {
    const a = [rule('x', 'one', 1), rule('x', 'two', 2)];
    const b = [rule('x', 'two', 1), rule('x', 'one', 2)];
    expect(sameRules(a, b)).toBe(false);
  });
});
