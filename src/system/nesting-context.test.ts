import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readNestingContext } from './nesting-context.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anklume-nesting-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('P16-02: without files, the machine is the outermost one', async () => {
  expect(await readNestingContext(join(folder, 'none'))).toEqual({
    context: { absoluteLevel: 1, relativeLevel: 0, vmNested: false, yolo: false },
    problems: [],
  });
});

it('P16-02, P16-05: reads one value from each file', async () => {
  await writeFile(join(folder, 'absolute_level'), '3\n');
  await writeFile(join(folder, 'relative_level'), '2');
  await writeFile(join(folder, 'vm_nested'), 'true\n');
  await writeFile(join(folder, 'yolo'), 'Yes\n');
  const { context } = await readNestingContext(folder);
  expect(context).toEqual({ absoluteLevel: 3, relativeLevel: 2, vmNested: true, yolo: true });
});

it.each(['', 'many', '-1', '1e3', '\u001b[31m', '99999'])(
  'takes the default and warns when a file holds %j',
  async (garbage) => {
    await writeFile(join(folder, 'absolute_level'), garbage);
    const { context, problems } = await readNestingContext(folder);
    expect(context.absoluteLevel).toBe(1);
    expect(problems).toMatchObject([{ code: 'nesting-context', severity: 'warning' }]);
    expect(JSON.stringify(problems)).not.toContain('\\u001b');
  },
);
