import { expect, it } from 'vitest';
import { fitted } from './fitted.ts';
import { visibleLength } from './wrap.ts';

const remove = 'anklume instance delete pro-a-long-name --force';

it.each([
  ['in quotes', `  → Protected, and not deleted by --prune: a. To delete: '${remove}'.`, remove],
  [
    'in French quotes',
    `  → Ce qui est protégé, et que --prune laisse : «\u00a0${remove}\u00a0».`,
    remove,
  ],
  ['in brackets', `  → To give it up, lift the protection (${remove}), then apply again.`, remove],
  ['at the end', `  → Look at it from inside, as it is: ${remove}`, remove],
])('breaks between words, and not within a command %s', (_, line, command) => {
  for (let width = 60; width < 130; width += 1) {
    const text = fitted(line, width);
    expect(visibleLength(text)).toBeLessThanOrEqual(width);
    expect(text).toContain(command);
    expect(text.replaceAll(/\n */g, ' ').trim()).toBe(line.trim());
  }
});

it('a command that is longer than a line stays whole on one of its own', () => {
  expect(fitted(`Do this now: '${remove}'.`, 20).split('\n')).toContain(`'${remove}'.`);
});

it.each([
  ['a pipe', `${'word '.repeat(40)}end`, Number.POSITIVE_INFINITY],
  ['nothing known', `${'word '.repeat(40)}end`, undefined],
  ['a source line and its caret', '  12 |     a: b c d e f g\n     |        ^ here it is', 12],
  ['a table', '│ one │ two and three │', 10],
])('leaves a text as it is: %s', (_, text, width) => {
  expect(fitted(text, width)).toBe(text);
});
