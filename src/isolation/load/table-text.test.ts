import { expect, it } from 'vitest';
import { withoutFilled } from './table-text.ts';

it('what passing packets put into sets is no part of a listing', () => {
  const kept =
    '\tset bridges {\n\t\ttype ifname\n\t\telements = { "net-a",\n\t\t\t     "net-b" }\n\t}\n';
  const filled = (elements: string) =>
    `\tset connections {\n\t\ttypeof iifname . ip saddr\n\t\tsize 9\n\t\tflags dynamic\n${elements}\t}\n`;
  const both = (elements: string) => `table inet anklume {\n${kept}\n${filled(elements)}\n}\n`;
  const elements =
    '\t\telements = { "net-a" . 10.0.0.1 ct count over 2 ,\n\t\t\t     "net-a" . 10.0.0.2 ct count over 2 }\n';
  expect(withoutFilled(both(elements))).toBe(both(''));
  expect(withoutFilled(both(''))).toBe(both(''));
});
