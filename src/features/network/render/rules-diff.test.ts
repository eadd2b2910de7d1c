import { describe, expect, it } from 'vitest';
import type { DiffBlock } from '../../../isolation/index.ts';
import { makePaint } from '../../../kit/render/paint.ts';
import { renderFirstRules, renderRulesDiff } from './rules-diff.ts';

const session = { t: ({ en }: { en: string }) => en, paint: makePaint(false) };
const block = (name: string, ...marks: ('+' | '-' | ' ')[]): DiffBlock => ({
  title: `inet chain ${name}`,
  lines: marks.map((mark) => ({ mark, text: `\tline of ${name}` })),
});
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => block(`c${index}`, '+'));

describe('what a deployment changes', () => {
  it('is told by set, map and chain, with what goes and what comes', () => {
    expect(renderRulesDiff([block('forward', ' ', '-', '+')], session).split('\n')).toEqual([
      '--- in force',
      '+++ wanted',
      '@@ inet chain forward @@',
      '   line of forward',
      '-  line of forward',
      '+  line of forward',
    ]);
    expect(renderRulesDiff([], session)).toBe('');
  });

  it('is counted where nothing is in force and much comes', () => {
    expect(renderFirstRules(many(12), session)).toContain(
      '12 sets, maps and chains will be loaded',
    );
    expect(renderFirstRules(many(3), session)).toBeUndefined();
    // Something is there already: what happens to it is to be seen.
    expect(renderFirstRules([...many(12), block('own', ' ', '+')], session)).toBeUndefined();
    expect(renderFirstRules([...many(12), block('own', '-')], session)).toBeUndefined();
  });
});
