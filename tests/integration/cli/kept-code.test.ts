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
