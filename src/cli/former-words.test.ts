import { describe, expect, it } from 'vitest';
import type { CliContext } from '../kit/context.ts';
import { proposeLines } from './completion/propose.ts';
import { mayTake, routes, takesDaemon } from './routes.ts';
import { runHeard } from './run-heard.ts';

/** What was typed before `delete` became the one word for it, and what it means now. */
const FORMER: readonly (readonly [former: string, now: string])[] = [
  ['instance remove a --yes', 'instance delete a --yes'],
  ['disp stop --all', 'disp delete --all'],
  ['golden release a', 'golden delete a'],
  ['image cache prune --all', 'image cache delete --all'],
  ['rollback-cleanup --keep 1', 'history delete --keep 1'],
  ['rollback-list', 'history'],
  ['rollback-list', 'history list'],
  ['test-runner-destroy', 'dev test-runner-delete'],
  ['dev test-runner-destroy', 'dev test-runner-delete'],
  ['test-sandboxed x --destroy', 'test-sandboxed x --delete'],
  ['sync --clean-orphans', 'sync --delete-orphans'],
  ['up --no-walls', 'up --no-isolation'],
  ['apply --no-walls', 'apply --no-isolation'],
  ['rollback --no-walls', 'rollback --no-isolation'],
];

describe('B08-05: former words', () => {
  it.each(FORMER)('%s is understood as %s', async (former, now) => {
    expect(await carriedOut(former)).toEqual(await carriedOut(now));
  });

  it.each(FORMER)('%s is proposed by no tab key (now %s)', async (former, now) => {
    const words = former.split(' ');
    const gone = words.find((word) => !now.split(' ').includes(word)) ?? '';
    const begun = [...words.slice(0, words.indexOf(gone)), gone.slice(0, -1)];
    const lines = await proposeLines(begun, 'en', { env: {}, cwd: '/', process });
    expect(lines.split('\n').map((line) => line.split('\t')[0])).not.toContain(gone);
  });

  it('the words of today are proposed', async () => {
    const around = { env: {}, cwd: '/', process };
    expect(await proposeLines(['instance', 'del'], 'en', around)).toMatch(/^delete\t/);
    expect(await proposeLines(['history', 'd'], 'en', around)).toMatch(/^delete\t/);
    expect(await proposeLines(['sync', '--del'], 'en', around)).toMatch(/^--delete-orphans\t/);
  });
});

describe('a noun whose usual verb is left out', () => {
  it('leads to the daemon that its verb takes', () => {
    expect([takesDaemon(['history']), takesDaemon(['history', 'says'])]).toEqual([true, true]);
    expect([takesDaemon(['disp']), takesDaemon(['dev'])]).toEqual([true, false]);
  });

  it('takes the words that its verb takes', () => {
    expect(mayTake(['history'], 'lab')).toBe(false);
    expect(mayTake(['history', 'lab'], 'lab')).toBe(false);
    expect(mayTake(['history'], 'delete')).toBe(true);
    expect(mayTake(['disp'], 'x')).toBe(true);
  });
});

/** The flags that a command line gives its command, and which command that is. */
async function carriedOut(line: string): Promise<unknown> {
  const calls: unknown[] = [];
  const context: CliContext = {
    env: {},
    cwd: '/',
    process,
    carryOut: async (values) => void calls.push(values),
  };
  const { fault } = await runHeard('en', line.split(' '), context);
  expect(fault).toBeUndefined();
  expect(calls).toHaveLength(1);
  return [calls, commandOf(line)];
}

/** The text of its help, which no two commands share. */
function commandOf(line: string): string | undefined {
  let at: unknown = routes('en', '', true);
  for (const word of line.split(' ')) {
    const map = at as { getAllEntries?: () => readonly Entry[]; fullDescription?: string };
    const next = map.getAllEntries?.().find(({ name }) => name['convert-camel-to-kebab'] === word);
    if (!next) break;
    at = next.target;
  }
  const map = at as { getAllEntries?: () => readonly Entry[]; brief: string };
  const usual = map.getAllEntries?.().find(({ name }) => name.original === 'list');
  return (usual?.target ?? map).brief;
}

interface Entry {
  readonly name: { readonly original: string; readonly 'convert-camel-to-kebab': string };
  readonly target: { readonly brief: string };
}
