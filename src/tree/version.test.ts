import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorsOf } from '../messages/index.ts';
import { VERSION } from '../system/index.ts';
import { readTree } from './read.ts';
import { planSync } from './sync.ts';
import { versionIn, versionProblem } from './version.ts';
import { freshProject, load, SAMPLE, sync } from './worlds.fixture.ts';

const FILE = 'group_vars/all.yml';
const infra = load(SAMPLE);

/** A synced project whose tree says that another version wrote it. */
async function writtenBy(version: string): Promise<string> {
  const root = await freshProject();
  await sync(infra, root);
  const text = await readFile(join(root, FILE), 'utf8');
  await writeFile(join(root, FILE), text.replace(`"${VERSION}"`, `"${version}"`));
  return root;
}
const codes = (problems: readonly { code: string; severity: string }[]) =>
  problems.map(({ code, severity }) => `${severity} ${code}`);

describe('P16-26: the version in the tree', () => {
  it('is written at sync, and says nothing where it is ours', async () => {
    const root = await freshProject();
    await sync(infra, root);
    expect(versionIn(await readFile(join(root, FILE)))).toBe(VERSION);
    expect((await planSync(infra, root)).problems).toEqual([]);
    expect((await readTree(root)).problems).toEqual([]);
  });

  it('of an older anklume is told, and sync brings the tree up', async () => {
    const root = await writtenBy('0.0.7');
    expect(codes((await readTree(root)).problems)).toEqual(['warning tree-older']);
    const plan = await planSync(infra, root);
    expect(codes(plan.problems)).toContain('warning tree-older');
    await sync(infra, root);
    expect(versionIn(await readFile(join(root, FILE)))).toBe(VERSION);
  });

  // Matrix: TR-303
  it('of a newer line stops both, and nothing is written', async () => {
    const root = await writtenBy('77.0.0');
    const before = await readFile(join(root, FILE), 'utf8');
    const { desired, problems } = await readTree(root);
    expect(desired).toBeUndefined();
    expect(codes(errorsOf(problems))).toEqual(['error tree-newer']);
    expect(problems[0]?.place).toMatchObject({ file: FILE });
    await expect(sync(infra, root)).rejects.toThrow();
    expect(await readFile(join(root, FILE), 'utf8')).toBe(before);
    // Without the line it is a tree from before there was a marker.
    await writeFile(join(root, FILE), before.replace(/^anklume_version.*\n/m, ''));
    expect(codes((await readTree(root)).problems)).toEqual([]);
  });

  it('of the same line is good enough, and nonsense is told', () => {
    const place = { file: FILE, line: 1, column: 1 };
    const say = (version: string, ours: string) => {
      const problem = versionProblem(version, place, 'read', ours);
      return problem && `${problem.severity} ${problem.code}`;
    };
    expect(say('0.1.3', '0.1.0')).toBe('warning tree-newer');
    expect(say('0.2.0', '0.1.0')).toBe('error tree-newer');
    expect(say('1.9.0', '1.2.0')).toBe('warning tree-newer');
    expect(say('1.2.0', '1.2.0')).toBeUndefined();
    expect(say('mine\u001b[2J', '1.2.0')).toBe('warning tree-version-unknown');
    const told = versionProblem('mine\u001b[2J', place, 'read', '1.2.0');
    expect(told?.message.en).not.toContain('\u001b');
  });
});
