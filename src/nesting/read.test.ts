import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { verbatim } from '../base/messages/index.ts';
import { run } from '../base/system/index.ts';
import { readNesting } from './read.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anklume-nesting-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const noVm = async () => ({ isVm: false, why: verbatim('asked') });
const aVm = async () => ({ isVm: true, why: verbatim('asked') });
const neverAsked = () => Promise.reject(new Error('asked'));

it('P16-02: without files, the machine is the outermost one', async () => {
  expect(await readNesting(join(folder, 'none'), noVm)).toEqual({
    context: { relativeLevel: 0, vmNested: false, yolo: false },
    why: verbatim('asked'),
    problems: [],
  });
});

it('P16-01: a host that nobody told is asked whether it is a virtual machine', async () => {
  expect((await readNesting(folder, aVm)).context.vmNested).toBe(true);
  await writeFile(join(folder, 'vm_nested'), 'false\n');
  expect((await readNesting(folder, neverAsked)).context.vmNested).toBe(false);
});

it('P16-02, P16-05: reads one value from each file', async () => {
  await writeFile(join(folder, 'absolute_level'), '3\n');
  await writeFile(join(folder, 'relative_level'), '2');
  await writeFile(join(folder, 'vm_nested'), 'true\n');
  await writeFile(join(folder, 'yolo'), 'Yes\n');
  const { context } = await readNesting(folder, neverAsked);
  expect(context).toEqual({ absoluteLevel: 3, relativeLevel: 2, vmNested: true, yolo: true });
});

it('an empty file says nothing: an image has it whose machine was told nothing', async () => {
  await writeFile(join(folder, 'absolute_level'), '\n');
  const { context, problems } = await readNesting(folder, noVm);
  expect(context).not.toHaveProperty('absoluteLevel');
  expect(problems).toEqual([]);
});

it.each(['many', '-1', '1e3', '\u001b[31m', '99999', '1'.repeat(100_000), '1\n2', '\u202e1'])(
  'refuses %j, at its place, harmlessly shown',
  async (garbage) => {
    await writeFile(join(folder, 'absolute_level'), garbage);
    const { problems } = await readNesting(folder, noVm);
    const file = join(folder, 'absolute_level');
    expect(problems).toMatchObject([
      { code: 'nesting-context', severity: 'error', place: { file, line: 1 } },
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/\\u001b|\u202e/);
    expect(problems[0]?.place?.source?.length).toBeLessThan(200);
  },
);

it('is neither held by a pipe nor led round by a link or a folder', async () => {
  await run(['mkfifo', join(folder, 'yolo')]);
  await symlink('/dev/zero', join(folder, 'absolute_level'));
  await symlink('relative_level', join(folder, 'relative_level'));
  await mkdir(join(folder, 'vm_nested'));
  const { problems } = await readNesting(folder, noVm);
  expect(problems.map(({ code }) => code)).toEqual(new Array(4).fill('nesting-context'));
});
