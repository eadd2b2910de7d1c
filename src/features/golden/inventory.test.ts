import { expect, it } from 'vitest';
import { parseInventory } from './inventory.ts';

const LIST = JSON.stringify({
  _meta: { hostvars: { a: { x: 1 } } },
  all: { children: ['ungrouped', 'dom', 'web'] },
  dom: { hosts: ['a', 'b'] },
  web: { children: ['inner'] },
  inner: { hosts: ['a'] },
});

it('gives variables and groups, those through other groups too', () => {
  const hosts = parseInventory(LIST);
  expect(hosts?.get('a')).toEqual({ variables: { x: 1 }, groups: ['all', 'dom', 'inner', 'web'] });
  expect(hosts?.get('b')).toEqual({ variables: {}, groups: ['all', 'dom'] });
});

it('comes to an end with groups that contain each other', () => {
  const text = JSON.stringify({
    _meta: { hostvars: { a: {} } },
    x: { hosts: ['a'], children: ['y'] },
    y: { children: ['x'] },
  });
  expect(parseInventory(text)?.get('a')?.groups).toEqual(['x', 'y']);
});

it.each(['', 'ERROR', '[]', 'null', '{"_meta": 1}'])('takes %j for no inventory', (text) => {
  expect(parseInventory(text)).toBeUndefined();
});
