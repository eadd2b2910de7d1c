import { describe, expect, it } from 'vitest';
import { loadTexts } from '../../world/infra/load.ts';
import { DEFAULTS } from './choices.ts';
import { factsOf } from './facts.fixture.ts';
import { infraText } from './infra-text.ts';
import { askOpen, usualAnswers } from './questions.ts';

const CARD = [{ name: 'NVIDIA GeForce RTX 4080', vram: 16376 }];
const around = { name: 'my-infra', baseSubnet: '10.100', gpu: false };
const load = (text: string) =>
  loadTexts([{ file: '/infra.yml', part: 'whole', text }], {
    nesting: { relativeLevel: 0, vmNested: false, yolo: false },
  });

/** Answers as a person types them; an empty one takes what is usual. */
function person(yes: readonly boolean[], lines: readonly string[]) {
  const asked: string[] = [];
  const [nextYes, nextLine] = [[...yes], [...lines]];
  return {
    asked,
    async yes(question: { en: string }) {
      asked.push(question.en);
      return nextYes.shift() ?? false;
    },
    async line(question: { en: string }, usual: string) {
      asked.push(`${question.en} [${usual}]`);
      return nextLine.shift() || usual;
    },
  };
}

describe('infra.yml by the answers', () => {
  it.each([
    ['the usual', {}],
    ['AI and OpenClaw', { ai: true, openclaw: true, models: ['qwen2.5-coder:7b'] }],
    ['OpenClaw alone', { openclaw: true }],
    ['names of its own', { domains: ['lab', 'shop-2'] }],
  ])('P23-11: %s loads without a word', (_, choices) => {
    for (const gpu of [true, false]) {
      const { infra, problems } = load(infraText({ ...DEFAULTS, ...choices }, { ...around, gpu }));
      expect(problems).toEqual([]);
      expect(infra).toBeDefined();
    }
  });

  it('P23-11, P28b-05: what was answered is in it, and nothing else', () => {
    const text = (choices: object) => infraText({ ...DEFAULTS, ...choices }, around);
    expect(text({})).not.toMatch(/ai-tools|openclaw/);
    expect(text({ openclaw: true })).toMatch(/ai-tools:[\s\S]*openclaw:/);
    expect(text({ domains: ['pro'] })).not.toContain('perso');
    expect(text({ ai: true })).not.toContain('gpu: true');
    expect(infraText({ ...DEFAULTS, ai: true }, { ...around, gpu: true })).toContain('gpu: true');
  });

  it('P23-10, P23b-09: models are offered with a card alone, and the answer counts', async () => {
    const facts = factsOf('debian13', { gpus: CARD });
    const taken = person([true, false], ['', '']);
    const usual = await askOpen({}, facts, taken);
    expect(usual.models).toEqual(['qwen2.5-coder:14b', 'nomic-embed-text']);
    expect(taken.asked.some((one) => one.includes('RTX 4080'))).toBe(true);
    expect((await askOpen({}, facts, person([true], ['', 'llama3 x']))).models).toEqual([
      'llama3',
      'x',
    ]);
    expect((await askOpen({}, facts, person([true], ['', 'none']))).models).toEqual([]);
    const without = person([], ['']);
    expect((await askOpen({}, factsOf('debian13'), without)).ai).toBeUndefined();
    expect(without.asked.some((one) => one.includes('intelligence'))).toBe(false);
    const api = await askOpen({ ai: true }, factsOf('debian13'), person([], ['']));
    expect(api).toMatchObject({ ai: true, models: [] });
  });

  it('P28b-05: OpenClaw is a no unless somebody says yes', async () => {
    const facts = factsOf('debian13');
    expect((await askOpen({}, facts, person([false], ['']))).openclaw).toBe(false);
    expect((await askOpen({}, facts, person([true], ['']))).openclaw).toBe(true);
    expect(usualAnswers({}, facts).openclaw).toBeUndefined();
    expect(DEFAULTS.openclaw).toBe(false);
  });

  it('P23-11: nobody is asked what the file answers, and unattended runs take what fits', async () => {
    const facts = factsOf('debian13', { gpus: CARD });
    const nobody = person([], []);
    const whole = { domains: ['a'], ai: true, models: ['m'], openclaw: false };
    expect(await askOpen(whole, facts, nobody)).toEqual(whole);
    expect(nobody.asked).toEqual([]);
    expect(usualAnswers({ ai: true }, facts).models).toEqual([
      'qwen2.5-coder:14b',
      'nomic-embed-text',
    ]);
  });
});
