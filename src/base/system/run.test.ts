import { expect, it } from 'vitest';
import { jsonText, printable, run } from './run.ts';

it('hands every argument over as it is: no shell reads it', async () => {
  const words = ['$(id)', '; rm -rf /', '`x`', "it's", '*', ''];
  const { stdout } = await run(['printf', '[%s]', ...words]);
  expect(stdout).toBe(words.map((word) => `[${word}]`).join(''));
});

it('feeds standard input, and gives it none when there is no text', async () => {
  expect((await run(['cat'], { input: 'a\nb' })).stdout).toBe('a\nb');
  expect((await run(['cat'])).stdout).toBe('');
});

it('names a program that is not installed, with exit status 4', async () => {
  await expect(run(['no-such-program-here'])).rejects.toMatchObject({
    code: 'program-missing',
    exit: 4,
  });
});

it('tells the last words of a program that fails, escaped for terminals', async () => {
  const failing = run(['sh', '-c', 'printf "\\033[31mred" >&2; exit 3']);
  await expect(failing).rejects.toMatchObject({ code: 'program-failed' });
  await expect(failing).rejects.toThrow('\\x1b[31mred');
});

it('takes an accepted exit status as an answer', async () => {
  expect(await run(['sh', '-c', 'exit 3'], { accept: [3] })).toMatchObject({ code: 3 });
});

it('tells lines of standard error while the program runs, and still collects them', async () => {
  const lines: string[] = [];
  const result = await run(['sh', '-c', 'echo one >&2; echo two >&2'], {
    onErrorLine: (line) => lines.push(line),
  });
  expect(lines).toEqual(['one', 'two']);
  expect(result.stderr).toBe('one\ntwo');
});

it('ends a program at the time limit', async () => {
  await expect(run(['sleep', '10'], { timeout: 50 })).rejects.toMatchObject({
    code: 'program-failed',
  });
});

it('B07-03: a program that is not there leaves no timer that keeps this process alive', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length;
  const before = timers();
  const missing = run(['no-such-program-here'], { timeout: 600_000 });
  await expect(missing).rejects.toMatchObject({ code: 'program-missing' });
  await run(['true'], { timeout: 600_000 });
  expect(timers()).toBeLessThanOrEqual(before);
});

it('shows control characters instead of passing them on', () => {
  expect(printable('a\tb\nc\u0007\u009b')).toBe('a b\nc\\x07\\x9b');
  expect(printable('web\u202egpj\u200b')).toBe('web\\u202egpj\\u200b');
  const hostile = { 'a\u202eb': ['\u009b\u0007\n\u2028\ufeff'] };
  expect(jsonText(hostile)).toMatch(/^[\x20-\x7e]*$/);
  expect(JSON.parse(jsonText(hostile))).toEqual(hostile);
});
