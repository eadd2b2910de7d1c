import { expect, it } from 'vitest';
import { withoutEchoes } from './echoes.ts';
import { error, warning } from './finding.ts';

const said = { en: 'x', fr: 'x' };

it('what only repeats that a value is wrong is not told', () => {
  const kept = (cut: string[], findings: Parameters<typeof withoutEchoes>[1]) =>
    withoutEchoes(
      cut.map((path) => path.split('.')),
      findings,
    ).map(({ code }) => code);
  const at = (code: string, path: string, restsOn?: string) =>
    error(code, path.split('.'), said, restsOn ? { restsOn: [restsOn.split('.')] } : {});
  const all = [at('here', 'a.b'), at('below', 'a.b.c'), at('above', 'a'), at('beside', 'a.bc')];
  expect(kept(['a.b'], all)).toEqual(['above', 'beside']);
  expect(kept([], all)).toEqual(['here', 'below', 'above', 'beside']);
  // What rests on a value that is wrong itself, or was taken out.
  const rests = [at('wrong', 'x.y'), at('echo', 'z', 'x.y'), at('deep', 'z', 'x.y.z')];
  expect(kept([], [...rests, at('other', 'z', 'x')])).toEqual(['wrong', 'other']);
  expect(kept(['x'], rests)).toEqual([]);
  const doubt = warning('doubt', ['x', 'y'], said);
  expect(kept([], [doubt, at('rests', 'z', 'x.y')])).toEqual(['doubt', 'rests']);
  expect(kept(['xy'], [at('no', 'x.y')])).toEqual(['no']);
  // The whole document is wrong.
  expect(withoutEchoes([[]], all)).toEqual([]);
});
