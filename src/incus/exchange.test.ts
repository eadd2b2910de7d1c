import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IncusError } from './errors.ts';
import { at } from './exchange.ts';

describe('at', () => {
  it('keeps every name in its place, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        let path: string;
        try {
          path = at`/1.0/networks/${name}/leases`;
        } catch (error) {
          expect(error).toBeInstanceOf(IncusError);
          expect(['', '.', '..']).toContain(name);
          return;
        }
        const url = new URL(path, 'http://incus');
        expect(url.pathname.split('/')).toHaveLength(5);
        expect(decodeURIComponent(url.pathname.split('/')[3] ?? '')).toBe(name);
        expect(url.search + url.hash).toBe('');
      }),
      { seed: 1 },
    );
  });
});
