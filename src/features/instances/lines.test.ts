import { fc, test } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import { lineCutter } from './lines.ts';

function cut(...chunks: Buffer[]): string[] {
  const lines: string[] = [];
  const cutter = lineCutter((line) => lines.push(line));
  for (const chunk of chunks) cutter.add(chunk);
  cutter.end();
  return lines;
}

it('gives the last line also without its end, and nothing for nothing', () => {
  expect(cut(Buffer.from('a\nb'))).toEqual(['a', 'b']);
  expect(cut()).toEqual([]);
});

it('keeps no more than 64 Ki characters of a line without end', () => {
  const lines = cut(Buffer.alloc(200_000, 'x'));
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(64 * 1024);
  expect(lines.join('').length).toBe(200_000);
});

test.prop([fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 7 })])(
  'gives the same lines wherever the bytes are cut',
  (text, size) => {
    const bytes = Buffer.from(text);
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      bytes.subarray(at * size, (at + 1) * size),
    );
    expect(cut(...chunks)).toEqual(cut(bytes));
  },
);
