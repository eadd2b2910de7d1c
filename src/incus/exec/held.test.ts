import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { held, MarkedOutput } from './held.ts';

function collected(mark: string) {
  const chunks: Buffer[] = [];
  let told = 0;
  const output = new MarkedOutput(
    mark,
    (chunk) => void chunks.push(chunk),
    () => {
      told += 1;
    },
  );
  return { output, bytes: () => Buffer.concat(chunks), told: () => told };
}

it('finds the mark and the status however the output is cut, and passes on exactly the bytes before it', () => {
  // Zeros and pieces of the mark among the bytes: what could be its beginning and is not.
  const piece = fc.constantFrom('\0', '\0abc', '\0abc:', '\0abc:12', 'abc:', 'x', '\n', 'é');
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 30 }),
      fc.integer({ min: 0, max: 255 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 }),
      (pieces, status, sizes) => {
        const { output, bytes, told } = collected('abcdefgh:');
        const before = Buffer.from(pieces.join(''));
        const whole = Buffer.concat([before, Buffer.from(`\0abcdefgh:${status}\n`)]);
        for (let at = 0, n = 0; at < whole.length; n++) {
          const size = sizes[n % sizes.length] ?? 1;
          void output.add(whole.subarray(at, at + size));
          at += size;
        }
        expect(bytes().equals(before)).toBe(true);
        expect([output.status, told()]).toEqual([status, 1]);
      },
    ),
  );
});

it('passes text on at once, and what looked like a mark when none came', () => {
  const { output, bytes } = collected('abc:');
  void output.add(Buffer.from('prompt> '));
  expect(bytes().toString()).toBe('prompt> ');
  void output.add(Buffer.from('\0abc:1'));
  expect([bytes().toString(), output.status]).toEqual(['prompt> ', undefined]);
  void output.flush();
  expect(bytes().toString()).toBe('prompt> \0abc:1');
});

it('the shell gives the words as they are, and tells the status on both streams', () => {
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  const argv = ['sh', '-c', 'echo "$1"; echo no >&2; exit 7', 'x', '$(a) b'];
  const { command, stdout, stderr, arrived } = held(
    argv,
    (chunk) => void out.push(chunk),
    (chunk) => void err.push(chunk),
  );
  const [program = '', ...words] = command.map((word) => word.replace('exec sleep 30', 'exit 0'));
  const ran = spawnSync(program, words);
  void stdout.add(ran.stdout);
  expect(arrived.aborted).toBe(false);
  void stderr.add(ran.stderr);
  expect(arrived.aborted).toBe(true);
  expect([String(out), String(err), stdout.status]).toEqual(['$(a) b\n', 'no\n', 7]);
});
