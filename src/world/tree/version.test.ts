import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorsOf } from '../../base/messages/index.ts';
import { VERSION } from '../../base/system/index.ts';
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

  it.each([
    ['anklume_version: "0.1.0"', '0.1.0'],
    ["anklume_version: '0.1.0'", '0.1.0'],
    ['anklume_version: 0.1.0', '0.1.0'],
    ['anklume_version:   "0.1.0"  ', '0.1.0'],
    ['anklume_version: "0.1.0"\r', '0.1.0'],
    ['a: 1\nanklume_version: "0.1.0"\nb: 2', '0.1.0'],
    ['anklume_version: ""', ''],
    ['anklume_version: "0.1.0" # mine', undefined],
    ['own_anklume_version: "0.1.0"', undefined],
    ['a: "anklume_version: 0.1.0"', undefined],
    ['a: 1', undefined],
  ])('is found in the section alone: %j', (line, version) => {
    const section = `# === MANAGED BY infra.yml ===\n${line}\n# === END MANAGED ===\n`;
    expect(versionIn(Buffer.from(section))).toBe(version);
    expect(versionIn(Buffer.from(`${section}anklume_version: "9.9.9"\n`))).toBe(version);
    expect(versionIn(Buffer.from(`${line}\n`))).toBeUndefined();
    expect(versionIn(Buffer.from(`${section}# === END MANAGED ===\n`))).toBeUndefined();
  });

  it('is told with what it is, what it means and what to do', () => {
    const place = { file: FILE, line: 2, column: 3 };
    const told = (version: string | undefined, act: 'read' | 'write' = 'read') =>
      versionProblem(version, place, act, '1.2.0');
    expect(told(undefined)).toBeUndefined();
    const cases = [
      [told('2.0.0'), 'tree-newer', 'may misread it', 'anklume upgrade'],
      [told('1.3.0'), 'tree-newer', 'a little newer', 'anklume upgrade'],
      [told('1.1.0'), 'tree-older', 'older than this one (1.2.0)', 'anklume sync'],
      [told('1.1.0', 'write'), 'tree-older', 'brought up to 1.2.0', 'anklume plan'],
      [told('mine'), 'tree-version-unknown', 'not a version of anklume', 'anklume sync'],
    ] as const;
    for (const [problem, code, message, remedy] of cases) {
      expect(problem).toMatchObject({ code, path: ['anklume_version'], place });
      for (const language of ['en', 'fr'] as const) {
        expect(problem?.message[language]).toBeTruthy();
        expect(problem?.remedy?.[language]).toBeTruthy();
      }
      expect(problem?.message.en).toContain(message);
      expect(problem?.remedy?.en).toContain(remedy);
    }
    expect(told('x'.repeat(500))?.message.en.length).toBeLessThan(150);
  });
});
