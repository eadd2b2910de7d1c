import { expect, it } from 'vitest';
import { decidingNames, definitionsIn } from './words.ts';

const TASKS = `
- name: Written only
  ansible.builtin.copy: { content: "{{ written }}", dest: /x }
  when:
    - one == 'a'
    - not two | default(false)
- ansible.builtin.set_fact:
    fact: "{{ three }}"
- block:
    - command: run
      loop: "{{ four }}"
  when: five
- include_tasks: "{{ six }}.yml"
`;

it('tells what a task is done by from what it writes', () => {
  const names = decidingNames(TASKS);
  for (const name of ['one', 'two', 'fact', 'three', 'four', 'five', 'six'])
    expect(names).toContain(name);
  expect(names).not.toContain('written');
});

it('takes all names of a file that it does not understand', () => {
  expect(decidingNames('- copy: {content: "{{ written }}"\n when: [')).toContain('written');
});

it('reads definitions, and says where there are none', () => {
  expect([...(definitionsIn('a: 1\nb: "{{ c }}"\n') ?? [])]).toEqual([
    ['a', '1'],
    ['b', '"{{ c }}"'],
  ]);
  expect(definitionsIn('')?.size).toBe(0);
  expect(definitionsIn('- a')).toBeUndefined();
  expect(definitionsIn('a: [')).toBeUndefined();
});

it('is not held by a text that repeats itself without end', () => {
  const bomb = [
    'a: &a [x]',
    ...'bcdefghij'.split('').map((l, i) => `${l}: &${l} [${`*${'abcdefghij'[i]},`.repeat(9)}]`),
  ];
  expect(definitionsIn(bomb.join('\n'))).toBeUndefined();
});
