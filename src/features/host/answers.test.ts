import { describe, expect, it } from 'vitest';
import { readAnswers } from './answers.ts';

const read = (text: string) => readAnswers('/a.yml', text);
const found = (text: string) =>
  read(text).problems.map(({ code, place }) => `${place?.line}:${place?.column} ${code}`);

describe('a file of answers', () => {
  it('gives what it says', () => {
    expect(read('mode: prod\nai: true\nmodels: [a, b]\ndomains: [pro]\n')).toEqual({
      answers: { mode: 'prod', ai: true, models: ['a', 'b'], domains: ['pro'] },
      problems: [],
    });
    expect(read('')).toEqual({ answers: {}, problems: [] });
  });

  it.each([
    ['a key that is no question', 'ai: true\ncolour: red\n', ['2:1 answers-unknown-key']],
    ['a name of every object', '__proto__: 1\n', ['1:1 answers-unknown-key']],
    ['another kind of value', 'ai: maybe\n', ['1:1 answers-value']],
    ['a mode that is none', 'mode: fast\n', ['1:1 answers-value']],
    ['a name that is none', 'domains: ["../etc"]\n', ['1:1 answers-value']],
    ['a name with a line of its own', 'project: "/srv/a\\nb"\n', ['1:1 answers-value']],
    ['a user that is an option', 'admin: --root\n', ['1:1 answers-value']],
    ['a subnet of the internet', 'base_subnet: "8.8"\n', ['1:1 answers-value']],
    ['a list', '- ai\n', ['1:1 answers-shape']],
    ['no YAML', 'a: [\n', ['2:1 answers-not-yaml']],
    ['the same key twice', 'ai: true\nai: false\n', ['2:1 answers-not-yaml']],
  ])('%s is told with its place', (_, text, problems) => expect(found(text)).toEqual(problems));

  it.each([
    ['infra: a.yml\ndomains: [pro]\n', ['2:1 answers-contradict']],
    ['infra: a.yml\nai: true\n', ['2:1 answers-contradict']],
    ['ai: false\nmodels: [a]\n', ['2:1 answers-contradict']],
    ['mode: prod\nyolo: true\n', ['2:1 answers-contradict']],
    ['domains: [a, a]\n', ['1:1 answers-contradict']],
  ])('contradictions in %j', (text, problems) => expect(found(text)).toEqual(problems));
});
