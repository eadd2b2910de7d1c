import { describe, expect, it } from 'vitest';
import { CODES, type Decision, type LoadedRule } from '../../../isolation/index.ts';
import { makePaint } from '../../../kit/render/paint.ts';
import { isUnloaded, renderExplanation } from './explanation.ts';

const voice = { t: ({ en }: { en: string }) => en, paint: makePaint(false) };
const french = { ...voice, t: ({ fr }: { fr: string }) => fr };
const closed: Decision = {
  allowed: false,
  code: 'inter-domain',
  text: { en: 'closed', fr: 'fermé' },
};
const missing: LoadedRule = {
  family: 'inet',
  table: 'anklume',
  chain: 'walls',
  code: 'inter-domain',
  meaning: CODES['inter-domain'].text,
};
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

  it("B08-05: has the code beside the rule, and what it means in the reader's language", () => {
    const text =
      'counter packets 3 bytes 252 drop comment "inter-domain: domains are closed to each other"';
    const seen = { rule: { ...missing, text } };
    expect(renderExplanation(closed, seen, voice)).toContain(
      'drop  inter-domain: domains are closed to each other',
    );
    expect(renderExplanation(closed, seen, french)).toContain(
      'drop  inter-domain: les domaines sont fermés les uns aux autres',
    );
    expect(renderExplanation(closed, seen, french)).not.toContain('domains are');
  });

  it('of a ping says so, with the ports that are open', () => {
    expect(renderExplanation(closed, undefined, voice, ['tcp 22 80'])).toContain('tcp 22 80');
    expect(renderExplanation(closed, undefined, voice, [])).toContain('No port is open');
    expect(renderExplanation(closed, undefined, voice)).not.toContain('ping');
  });
});
