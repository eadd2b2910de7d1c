import { describe, expect, it } from 'vitest';
import { AnklumeError, ExitCode } from './error.ts';
import { type Event, silent, step } from './events.ts';
import { chooseLanguage } from './language.ts';
import { errorsOf, type Problem, warningsOf } from './problem.ts';
import { say, verbatim } from './text.ts';

const text = { en: 'no', fr: 'non' };
const remedy = { en: 'do', fr: 'faites' };

describe('an error that can be explained', () => {
  it('carries all that it was given, in both languages', () => {
    const problems = [{ code: 'p', severity: 'error', path: [], message: text }] as const;
    const cause = new Error('below');
    const whole = { code: 'bad', message: text, remedy, exit: ExitCode.usage, problems, cause };
    const { message: _, ...rest } = whole;
    const error = new AnklumeError(whole);
    expect(error).toMatchObject({ ...rest, text, message: 'no', name: 'AnklumeError' });
    expect(error).toBeInstanceOf(Error);
  });

  it('is a failure without more, and has no cause of its own', () => {
    const error = new AnklumeError({ code: 'bad', message: text });
    expect(error).toMatchObject({ exit: 1, problems: [] });
    expect([error.remedy, 'cause' in error]).toEqual([undefined, false]);
  });

  it('ends with the statuses that the pages name', () => {
    expect(ExitCode).toEqual({
      ...{ done: 0, failed: 1, usage: 2, differences: 3 },
      ...{ environment: 4, interrupted: 130 },
    });
  });
});

describe('a step', () => {
  const about = { id: 'x', label: text, domain: 'pro' };
  async function told(work: () => Promise<unknown>) {
    const events: Event[] = [];
    const end = await step((event) => void events.push(event), about, work).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    return { events, end };
  }

  it('tells its beginning, and its end with the seconds', async () => {
    const { events, end } = await told(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return 7;
    });
    expect(end).toEqual({ value: 7 });
    expect(events).toEqual([
      { type: 'step.started', ...about },
      { type: 'step.done', id: 'x', seconds: expect.any(Number) },
    ]);
    const { seconds = 0 } = events[1] as { seconds?: number };
    expect(seconds).toBeGreaterThan(0.01);
    expect(seconds).toBeLessThan(20);
  });

  const bug = new TypeError('of ours');
  it.each<[unknown, object]>([
    [new AnklumeError({ code: 'bad', message: text }), { code: 'bad', message: text }],
    [
      new AnklumeError({ code: 'bad', message: text, remedy }),
      { code: 'bad', message: text, remedy },
    ],
    [bug, { code: 'unexpected', message: { en: 'of ours', fr: 'of ours' } }],
    ['words', { code: 'unexpected', message: { en: 'words', fr: 'words' } }],
  ])('that fails passes the error on: %s', async (thrown, expected) => {
    const { events, end } = await told(() => Promise.reject(thrown));
    expect(end).toEqual({ error: thrown });
    expect(events[1]).toStrictEqual({ type: 'step.failed', id: 'x', ...expected });
  });

  it('is heard by nobody unless somebody listens', () => {
    expect(silent({ type: 'step.started', ...about })).toBeUndefined();
  });
});

it.each([
  [{}, 'en'],
  [{ LANG: 'fr_FR.UTF-8' }, 'fr'],
  [{ LANG: 'FR' }, 'fr'],
  [{ LANG: 'fr-CA' }, 'fr'],
  [{ LANG: 'fr.UTF-8' }, 'fr'],
  [{ LANG: 'fra' }, 'en'],
  [{ LANG: 'x_fr' }, 'en'],
  [{ LANG: 'de', LC_MESSAGES: 'fr' }, 'fr'],
  [{ LANG: 'fr', LC_MESSAGES: 'de' }, 'en'],
  [{ LC_MESSAGES: 'fr', LC_ALL: 'C' }, 'en'],
  [{ LC_MESSAGES: 'C', LC_ALL: 'fr' }, 'fr'],
  [{ LC_ALL: 'fr', ANKLUME_LANG: 'en' }, 'en'],
  [{ LC_ALL: 'en', ANKLUME_LANG: 'fr' }, 'fr'],
  [{ LANG: 'fr', ANKLUME_LANG: '', LC_ALL: '' }, 'fr'],
])('with %j people are spoken to in %s', (env, expected) => {
  expect(chooseLanguage(env)).toBe(expected);
  expect(say(text, chooseLanguage(env))).toBe(expected === 'fr' ? 'non' : 'no');
});

it('what goes on and what does not are kept apart, in their order', () => {
  const one = (code: string, severity: Problem['severity']): Problem => ({
    ...{ code, severity, path: [], message: verbatim('x') },
  });
  const all = [one('a', 'warning'), one('b', 'error'), one('c', 'warning'), one('d', 'error')];
  expect(errorsOf(all).map(({ code }) => code)).toEqual(['b', 'd']);
  expect(warningsOf(all).map(({ code }) => code)).toEqual(['a', 'c']);
  expect(all[0]?.message).toEqual({ en: 'x', fr: 'x' });
});
