import { describe, expect, it } from 'vitest';
import type { Decision, LoadedRule } from '../../../isolation/index.ts';
import { makePaint } from '../../../kit/render/paint.ts';
import { isUnloaded, renderExplanation } from './explanation.ts';

const voice = { t: ({ en }: { en: string }) => en, paint: makePaint(false) };
const closed = { allowed: false, text: { en: 'closed', fr: 'fermé' } } as unknown as Decision;
const missing = { table: 'anklume', chain: 'walls' } as unknown as LoadedRule;
const first = (...args: Parameters<typeof renderExplanation>) =>
  renderExplanation(...args).split('\n')[0];

describe('an explanation', () => {
  it('begins with what is true now where the rule that closes is not loaded', () => {
    const seen = { rule: missing };
    expect(isUnloaded(seen)).toBe(true);
    expect(first(closed, seen, voice)).toContain('the rule is not loaded: open now');
    expect(renderExplanation(closed, seen, voice)).toContain('network deploy');
    const stopped = { rule: missing, trace: { steps: [], arrived: false } };
    expect(first(closed, stopped, voice)).not.toContain('open now');
  });

  it('is the word of the tree where the rule is loaded, or nobody could look', () => {
    const loaded = { rule: { ...missing, text: 'drop' } };
    expect(isUnloaded(loaded) || isUnloaded(undefined)).toBe(false);
    expect(first(closed, loaded, voice)).toContain('closed');
    expect(first(closed, loaded, voice)).not.toContain('open now');
  });

  it('of a ping says so, with the ports that are open', () => {
    expect(renderExplanation(closed, undefined, voice, ['tcp 22 80'])).toContain('tcp 22 80');
    expect(renderExplanation(closed, undefined, voice, [])).toContain('No port is open');
    expect(renderExplanation(closed, undefined, voice)).not.toContain('ping');
  });
});
