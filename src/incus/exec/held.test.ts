import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { held, MarkedOutput } from './held.ts';

it('finds the mark and the status however the output is cut, and leaves all bytes before it', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 60 }),
      fc.integer({ min: 0, max: 255 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 }),
      (text, status, sizes) => {
        const whole = Buffer.from(`${text}\0abc:${status}\n`);
        let told = 0;
        const output = new MarkedOutput('abc:', () => {
          told += 1;
        });
        for (let at = 0, n = 0; at < whole.length; n++) {
          const size = sizes[n % sizes.length] ?? 1;
          output.add(whole.subarray(at, at + size));
          at += size;
        }
        expect(output.text()).toBe(Buffer.from(text).toString('utf8'));
        expect([output.status, told]).toEqual([status, 1]);
      },
    ),
  );
});

it('without its mark nothing has arrived', () => {
  const output = new MarkedOutput('abc:', () => {});
  output.add(Buffer.from('\0abc:1'));
  expect(output.status).toBeUndefined();
  expect(output.text()).toBe('\0abc:1');
});

it('the shell gives the words as they are, and tells the status on both streams', () => {
  const { command, stdout, stderr, arrived } = held([
    'sh',
    '-c',
    'echo "$1"; echo no >&2; exit 7',
    'x',
    '$(a) b',
  ]);
  const [program = '', ...words] = command.map((word) => word.replace('exec sleep 30', 'exit 0'));
  const ran = spawnSync(program, words);
  stdout.add(ran.stdout);
  expect(arrived.aborted).toBe(false);
  stderr.add(ran.stderr);
  expect(arrived.aborted).toBe(true);
  expect([stdout.text(), stderr.text(), stdout.status]).toEqual(['$(a) b\n', 'no\n', 7]);
});
