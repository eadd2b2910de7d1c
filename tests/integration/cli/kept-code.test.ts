import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { productRoot, run } from '../../../src/base/system/index.ts';
import { program } from '../build.ts';

let root: string;
const dist = () => join(root, 'dist');
const codes = async () => (await readdir(dist())).filter((name) => name.endsWith('.code')).sort();
const anklume = (...words: string[]) => run([process.execPath, join(dist(), 'main.js'), ...words]);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'anklume-kept-'));
  await cp(join(productRoot(), 'package.json'), join(root, 'package.json'));
  await cp(dirname(program), dist(), { recursive: true });
  for (const name of await codes()) await rm(join(dist(), name));
});
afterAll(() => rm(root, { recursive: true, force: true }));

it('keeps the compiled code of a command that ended well, and uses it the next time', async () => {
  const first = await anklume('schema');
  const [kept = ''] = await codes();
  expect(kept).toMatch(/\.schema\.code$/);
  const before = await readFile(join(dist(), kept));
  expect((await anklume('schema')).stdout).toBe(first.stdout);
  expect(await readFile(join(dist(), kept))).toEqual(before);
  expect(await codes()).toEqual([kept]);
});

it('replaces code that V8 refuses', async () => {
  const [kept = ''] = await codes();
  const { stdout } = await anklume('schema');
  await writeFile(join(dist(), kept), 'not code at all');
  expect((await anklume('schema')).stdout).toBe(stdout);
  expect((await readFile(join(dist(), kept))).length).toBeGreaterThan(10_000);
});

it('makes no file name out of a word that is no plain word', async () => {
  await anklume('../../etc', '--help').catch(() => {});
  await anklume('--help');
  expect((await codes()).every((name) => /\.(schema|other)\.code$/.test(name))).toBe(true);
});

it('finds the code of a command again whatever stands behind its words, and that of a noun without a verb', async () => {
  const kept = async () => (await codes()).map((name) => name.split('.').at(-2));
  await anklume('schema', '--json');
  expect(await kept()).not.toContain('schema---json');
  await anklume('sandbox', 'status', '--json');
  await anklume('disp', '--help');
  expect(await kept()).toEqual(expect.arrayContaining(['disp', 'sandbox-status', 'schema']));
  const before = await Promise.all((await codes()).map((name) => readFile(join(dist(), name))));
  for (const words of [
    ['schema', '--json'],
    ['sandbox', 'status'],
    ['disp', '--help'],
  ])
    await anklume(...words);
  const after = await Promise.all((await codes()).map((name) => readFile(join(dist(), name))));
  expect(after.map((code, at) => code.equals(before[at] ?? Buffer.of()))).toEqual(
    before.map(() => true),
  );
});
