import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** Milliseconds on a busy machine. */
const LIMIT = 120_000;
const exec = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
let folder: string;
let installed: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anklume-package-'));
  const packed = await exec('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: root,
  });
  await exec('tar', [
    '-xzf',
    join(folder, packed.stdout.trim().split('\n').at(-1) ?? ''),
    '-C',
    folder,
  ]);
  installed = join(folder, 'package');
}, LIMIT);
afterAll(() => rm(folder, { recursive: true, force: true }));

const ran = (cwd: string, ...words: string[]) =>
  exec(process.execPath, [join(installed, 'dist/main.js'), ...words], {
    cwd,
    env: { ...process.env, ANKLUME_HOME: join(folder, 'home'), ANKLUME_LANG: 'en' },
  });

it(
  'what npm packs runs by itself: it makes, checks and writes out a project',
  async () => {
    const project = join(folder, 'project');
    await mkdir(project);
    await ran(folder, 'init', 'project', '--example=teacher-lab');
    const { stdout } = await ran(project, 'validate');
    expect(stdout).toContain('is valid');
    await ran(project, 'sync');
    expect(await readdir(project)).toContain('host_vars');
  },
  LIMIT,
);

it(
  'the package holds each file that the program reads beside its code, and no test',
  async () => {
    const inside = await readdir(installed, { recursive: true });
    const own = await readdir(join(root, 'src'), { recursive: true });
    const read = own.filter((path) => /\.(py|sh)$/.test(path)).map((path) => join('src', path));
    for (const path of [...read, 'roles', 'ansible', 'scenarios', 'examples', 'schemas'])
      expect(inside).toContain(path);
    expect(inside.filter((path) => path.endsWith('.test.ts'))).toEqual([]);
  },
  LIMIT,
);

it(
  'a command that needs a clone says so',
  async () => {
    for (const words of [
      ['dev', 'check'],
      ['dev', 'lint'],
      ['dev', 'test', 'check'],
      ['scenario', 'list'],
    ])
      await expect(ran(folder, ...words)).rejects.toMatchObject({
        code: 4,
        stderr: expect.stringContaining('clone of the repository'),
      });
  },
  LIMIT,
);
