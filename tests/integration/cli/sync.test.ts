import { spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { program } from '../build.ts';
import { anklume } from '../support.ts';
import { testProject, twoDomains } from './projects.ts';

describe('init and sync', () => {
  it('P01-01 P01-08: a new project syncs, and a second run changes no byte and no time', async () => {
    await using project = await testProject();
    expect((await anklume(['init', project.folder])).code).toBe(0);
    const first = await anklume(['sync'], { cwd: project.folder });
    expect(first.code).toBe(0);
    expect(first.stdout).toContain('+ host_vars/pro-dev.yml');
    const before = await project.snapshot();
    const second = await anklume(['sync'], { cwd: project.folder });
    expect(second.stdout).toContain('0 files written');
    expect(await project.snapshot()).toEqual(before);
  });

  it('init refuses a folder that has a project, and leaves it', async () => {
    await using project = await testProject('project_name: mine\n');
    const { code } = await anklume(['init', project.folder]);
    expect(code).toBe(2);
    expect(await readFile(join(project.folder, 'infra.yml'), 'utf8')).toBe('project_name: mine\n');
  });

  it('P01-07: --dry-run shows the same files and writes none', async () => {
    await using project = await testProject(twoDomains('da', 'db', 211));
    const before = await project.snapshot();
    const dry = await anklume(['sync', '--dry-run'], { cwd: project.folder });
    expect(dry.stdout).toContain('would be written');
    expect(await project.snapshot()).toEqual(before);
    const real = await anklume(['sync'], { cwd: project.folder });
    const files = (text: string) => text.split('\n').filter((line) => line.startsWith('+ '));
    expect(files(real.stdout)).toEqual(files(dry.stdout));
  });

  it('P01-06: orphans are listed, and removed only when asked', async () => {
    await using project = await testProject(twoDomains('oa', 'ob', 212));
    await anklume(['sync'], { cwd: project.folder });
    await project.write(twoDomains('oa', 'oc', 212));
    const kept = await anklume(['sync'], { cwd: project.folder });
    expect(kept.stdout).toContain('? host_vars/ob-one.yml');
    expect(Object.keys(await project.snapshot())).toContain('host_vars/ob-one.yml');
    const cleaned = await anklume(['sync', '--delete-orphans'], { cwd: project.folder });
    expect(cleaned.stdout).toContain('- host_vars/ob-one.yml');
    expect(Object.keys(await project.snapshot())).not.toContain('host_vars/ob-one.yml');
  });

  it('works from a folder below the root, with -C, and with --infra', async () => {
    await using project = await testProject(twoDomains('ca', 'cb', 213));
    const below = join(project.folder, 'host_vars', 'deep');
    await mkdir(below, { recursive: true });
    expect((await anklume(['sync'], { cwd: below })).code).toBe(0);
    expect((await anklume(['-C', project.folder, 'sync'])).stdout).toContain('0 files written');
    const file = join(project.folder, 'infra.yml');
    expect((await anklume(['sync', '--infra', file])).stdout).toContain('0 files written');
  });
});

describe('streams', () => {
  it('a reader that goes away early is no error', async () => {
    const child = spawn('sh', ['-c', `"$0" "$1" schema | head -c 1`, process.execPath, program], {
      env: { ...process.env, ANKLUME_HOME: inject('home') },
    });
    let stderr = '';
    child.stderr.on('data', (bytes: Buffer) => {
      stderr += bytes.toString();
    });
    await new Promise((resolve) => child.on('close', resolve));
    expect(stderr).toBe('');
  });

  it('the schema is JSON, and the version is one line', async () => {
    expect(JSON.parse((await anklume(['schema'])).stdout)).toHaveProperty('$schema');
    expect((await anklume(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
