import { describe, expect, it } from 'vitest';
import { through } from './filter.ts';

async function* words(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

async function collect(stream: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe('through', () => {
  it('gives what the program makes of the stream', async () => {
    expect(await collect(through(['tr', 'a-z', 'A-Z'], words('some ', 'words')))).toBe(
      'SOME WORDS',
    );
  });

  it('hands a secret over on descriptor 3 alone', async () => {
    const argv = ['sh', '-c', 'read line <&3; echo "$line"; cat'];
    expect(await collect(through(argv, words('rest'), { secret: 'open sesame' }))).toBe(
      'open sesame\nrest',
    );
  });

  it('streams: a slow reader holds the source back', async () => {
    let given = 0;
    const source = async function* () {
      for (; given < 4000; given += 1) yield Buffer.alloc(64 * 1024);
    };
    for await (const chunk of through(['cat'], source())) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(given).toBeLessThan(100);
  });

  it('throws what the source throws, and the end of the stream never reaches the program', async () => {
    const source = async function* () {
      yield Buffer.from('half');
      throw new Error('source broke');
    };
    const argv = ['sh', '-c', 'cat; echo whole'];
    const parts: string[] = [];
    const reading = (async () => {
      for await (const part of through(argv, source())) parts.push(part.toString());
    })();
    await expect(reading).rejects.toThrow('source broke');
    expect(parts.join('')).not.toContain('whole');
  });

  it('throws with the last words of a program that fails', async () => {
    const failing = collect(through(['sh', '-c', 'echo some; echo why >&2; exit 3'], words('x')));
    await expect(failing).rejects.toMatchObject({
      code: 'program-failed',
      text: { en: expect.stringContaining('ended with 3: why') },
    });
  });

  it('throws for a program that is not installed', async () => {
    await expect(collect(through(['no-such-program'], words('x')))).rejects.toMatchObject({
      code: 'program-missing',
      exit: 4,
    });
  });
});
