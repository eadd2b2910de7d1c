import { appendFile, cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aptInstall,
  aptUpdate,
  findProgram,
  productRoot,
  run,
} from '../../src/base/system/index.ts';

/** One line of `anklume lint --json`. */
interface Linted {
  readonly linter: string;
  readonly state: string;
  readonly output: string;
}

const PROGRAMS = ['ansible-lint', 'yamllint', 'shellcheck'];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anklume-lint-'));
  const there = await Promise.all(PROGRAMS.map((name) => findProgram(name)));
  if (there.every((path) => path !== undefined)) return;
  await aptUpdate();
  await aptInstall(PROGRAMS);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function lint(argv: readonly string[]): Promise<{ code: number; results: Linted[] }> {
  const { code, stdout } = await run([...argv, 'lint', '--strict', '--json'], { accept: [1] });
  const lines = stdout.split('\n').filter(Boolean);
  return { code, results: lines.map((line) => JSON.parse(line) as Linted) };
}

/** ansible-lint itself, with the profile that the row names; its exit status and words. */
async function ansibleLint(cwd: string, ...paths: string[]) {
  const words = ['--offline', '--nocolor', '--profile', 'production', ...paths];
  const { code, stdout, stderr } = await run(['ansible-lint', ...words], { cwd, accept: [1, 2] });
  return { code, words: `${stdout}\n${stderr}` };
}

/** Makes a copy of the repository with few roles, in which something may be wrong. */
async function copyOfRepository(target: string): Promise<void> {
  const root = productRoot();
  const { stdout } = await run(['git', '-C', root, 'ls-files', '-z']);
  const isWanted = (path: string) => !path.startsWith('roles/') || /^roles\/mach/.test(path);
  for (const path of stdout.split('\0').filter(Boolean).filter(isWanted))
    await cp(join(root, path), join(target, path));
  await cp(join(root, 'dist'), join(target, 'dist'), { recursive: true });
  await symlink(join(root, 'node_modules'), join(target, 'node_modules'));
  await run(['git', 'init', '--quiet', target]);
}

describe('linters', () => {
  it('P02b-06 P02-07: all of them pass over the repository, with the production profile over the roles', async () => {
    const { code, results } = await lint([join(productRoot(), 'anklume')]);
    expect(results.filter(({ state }) => state !== 'clean')).toEqual([]);
    expect(results.map(({ linter }) => linter).sort()).toEqual([
      ...['ansible-lint', 'biome', 'shellcheck', 'tsc', 'yamllint'],
    ]);
    expect(code).toBe(0);
  });

  it('P02b-06: one bad file of each kind turns them red, and each is named', async () => {
    const copy = join(folder, 'repository');
    await copyOfRepository(copy);
    await writeFile(join(copy, 'docs/bad.yml'), 'a: 1\na: 2\n');
    await writeFile(join(copy, 'scripts/bad.sh'), '#!/bin/sh\ncd $1\nrm -r $2/*\n');
    await writeFile(join(copy, 'src/base/system/bad.ts'), "export const bad: number = 'one';\n");
    await appendFile(
      join(copy, 'roles/machine_ready/tasks/main.yml'),
      '- name: Do it badly\n  ansible.builtin.shell: echo hello\n',
    );
    const { code, results } = await lint([process.execPath, join(copy, 'dist/main.js')]);
    expect(code).toBe(1);
    const said = Object.fromEntries(results.map(({ linter, output }) => [linter, output]));
    expect(said.yamllint).toContain('docs/bad.yml');
    expect(said.shellcheck).toContain('scripts/bad.sh');
    expect(said.tsc).toContain('src/base/system/bad.ts');
    expect(said['ansible-lint']).toContain('roles/machine_ready/tasks/main.yml');
  });

  it('P02-07: the playbook that sync writes for an example passes, and a fault in it is found', async () => {
    const root = productRoot();
    const project = join(folder, 'project');
    await cp(join(root, 'examples/student-sysadmin'), project, { recursive: true });
    await run([join(root, 'anklume'), 'sync', '--quiet'], { cwd: project });
    const clean = await ansibleLint(project);
    expect(clean.words).toContain('0 failure(s), 0 warning(s)');
    expect(clean.code).toBe(0);
    await appendFile(join(project, 'site.yml'), '- hosts: all\n  tasks:\n    - shell: echo hi\n');
    const faulty = await ansibleLint(project);
    expect(faulty.words).toMatch(/command-instead-of-shell|fqcn/);
    expect(faulty.words).toContain('site.yml');
    expect(faulty.code).toBe(2);
  });
});
