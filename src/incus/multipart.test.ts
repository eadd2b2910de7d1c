import { expect, it } from 'vitest';
import { partsOf } from './multipart.ts';

const head = (name: string) =>
  `Content-Disposition: form-data; name="${name}"; filename="x"\r\nContent-Type: application/octet-stream\r\n\r\n`;
const whole = `--b1\r\n${head('metadata')}one\r\n--b0 is no end\r\n--b1\r\n${head('rootfs')}\r\n--b1--\r\n`;

/** The body in chunks of so many bytes. */
async function* chunks(text: string, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
}

async function read(text: string, size: number, type = 'multipart/form-data; boundary=b1') {
  const found: [string, string][] = [];
  for await (const { name, bytes } of partsOf(chunks(text, size), type)) {
    const all: Buffer[] = [];
    for await (const chunk of bytes) all.push(Buffer.from(chunk));
    found.push([name, Buffer.concat(all).toString()]);
  }
  return found;
}

it.each([1, 2, 3, 5, 7, 11, 64, 1000])('takes a body in chunks of %i bytes apart', async (size) => {
  expect(await read(whole, size)).toEqual([
    ['metadata', 'one\r\n--b0 is no end'],
    ['rootfs', ''],
  ]);
});

it('reads a boundary in quotes', async () => {
  const type = 'multipart/form-data; boundary="b1"';
  expect(await read(whole, 1000, type)).toHaveLength(2);
});

it.each([
  ['cut off', whole.slice(0, -12), 'multipart/form-data; boundary=b1', /middle/],
  ['without a boundary', whole, 'text/plain', /no boundary/],
  ['with an endless head', `--b1\r\n${'x'.repeat(40_000)}`, 'a; boundary=b1', /too long/],
])('refuses an answer that is %s', async (_what, text, type, words) => {
  await expect(read(text, 1000, type)).rejects.toThrow(words);
});
