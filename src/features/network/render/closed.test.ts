import { expect, it } from 'vitest';
import { makePaint } from '../../../kit/render/paint.ts';
import { closedLines } from './closed.ts';

const voice = { t: ({ en }: { en: string }) => en, paint: makePaint(false) };
const thing = (kind: 'bridge' | 'machine', name: string, locked: string[]) => ({
  ...{ kind, name, locked, domain: 'pro', infrastructure: 'home', running: true },
  ...{ reason: 'undeclared' as const, machines: kind === 'bridge' ? locked : [name] },
});
const proposed = (...things: Parameters<typeof closedLines>[0][number][]) =>
  closedLines(things, voice).flatMap((line) => /^ {2}→.*'(anklume [^']*)'/.exec(line)?.[1] ?? []);

const remove = 'anklume instance delete safe --force';
const prune = 'anklume apply --prune';
it.each([
  ['a machine', [thing('machine', 'pro/loose', [])], [prune]],
  ['a protected machine', [thing('machine', 'pro/safe', ['safe'])], [remove]],
  [
    'one of each',
    [thing('machine', 'pro/loose', []), thing('machine', 'pro/safe', ['safe'])],
    [remove, prune],
  ],
  ['a bridge', [thing('bridge', 'net-pro', [])], [prune]],
  [
    'a bridge that a protected machine keeps',
    [thing('bridge', 'net-pro', ['safe'])],
    [remove, prune],
  ],
])('what is no longer declared goes by a command that does it: %s', (_, things, commands) => {
  expect(proposed(...things)).toEqual(commands);
});

it('what others declare is not proposed to be removed', () => {
  const others = { ...thing('bridge', 'net-web', ['web']), reason: 'no-rules' as const };
  expect(proposed(others)).toEqual([]);
});
