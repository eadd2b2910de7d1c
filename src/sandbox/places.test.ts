import { expect, it } from 'vitest';
import { placesOf } from './places.ts';

it('keeps the socket where its path fits, and reaches it by a short link where it does not', () => {
  const near = placesOf('default', '/root/.anklume');
  expect(near.socket).toBe('/root/.anklume/sandboxes/default/incus/unix.socket');
  const far = placesOf('default', `/home/${'x'.repeat(90)}`);
  expect(Buffer.byteLength(far.socket)).toBeLessThan(108);
  expect(far.data).toContain('x'.repeat(90));
});

it('gives the same name in two homes different things on the machine', () => {
  const [one, two] = [placesOf('a', '/one'), placesOf('a', '/two')];
  for (const key of ['cgroup', 'table', 'link', 'lock'] as const)
    expect(one[key]).not.toBe(two[key]);
});

it('keeps within the limits of interface and table names', () => {
  const places = placesOf('a-name-of-thirty-one-characters', '/home');
  expect(places.link.length).toBeLessThanOrEqual(15);
  expect(places.table).toMatch(/^[a-z0-9_]+$/);
});

it.each(['', 'A', '../x', 'a b', 'a;b', '-a', 'é', 'a'.repeat(32), 'a\n'])(
  'refuses the name %j, with what is allowed',
  (name) => {
    expect(() => placesOf(name, '/home')).toThrow(
      expect.objectContaining({ code: 'sandbox-name' }),
    );
  },
);
